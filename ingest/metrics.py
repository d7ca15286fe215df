"""Every figure of the collector, named once, each with a sentence."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()

received = Counter(
    "counterfoil_items_received_total",
    "Items in readable bodies, links and pixels.",
    registry=REGISTRY,
)
accepted = Counter(
    "counterfoil_items_accepted_total", "Items that Kafka acknowledged.", registry=REGISTRY
)
refused = Counter(
    "counterfoil_items_refused_total",
    "Items that were not taken, by reason.",
    ["reason"],
    registry=REGISTRY,
)
rejected = Counter(
    "counterfoil_requests_rejected_total",
    "Requests answered 4xx or 503 as a whole, by status.",
    ["status"],
    registry=REGISTRY,
)
clicks_lost = Counter(
    "counterfoil_clicks_lost_total",
    "Links followed whose click Kafka did not acknowledge.",
    registry=REGISTRY,
)
envelope_lines = Histogram(
    "counterfoil_envelope_lines",
    "Events and ticks in one envelope.",
    buckets=(1, 2, 5, 10, 20, 50, 100, 200),
    registry=REGISTRY,
)
envelope_seconds = Histogram(
    "counterfoil_envelope_seconds",
    "From an envelope's departure to its acknowledgement.",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5),
    registry=REGISTRY,
)
waiting_bytes = Gauge(
    "counterfoil_waiting_bytes", "Lines not yet acknowledged by Kafka.", registry=REGISTRY
)
catalog_pin = Gauge(
    "counterfoil_catalog_pin", "The catalog's sequence read so far.", registry=REGISTRY
)
low_mark = Gauge(
    "counterfoil_low_mark_seconds", "The low mark of the latest tick, epoch.", registry=REGISTRY
)
