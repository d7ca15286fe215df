"""The answer to a named question as a pandas frame."""

import pandas as pd

from warehouse.store import Store


def frame(store: Store, name: str, /, **parameters: object) -> pd.DataFrame:
    """One column per column of the question, in its order, also when there are no rows.

    Times are aware UTC timestamps; whole numbers stay whole. Raises like `Store.ask`.
    """
    answer = store.answer(name, **parameters)
    return pd.DataFrame.from_records(answer.rows, columns=list(answer.names))
