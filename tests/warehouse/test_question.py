import pytest

from warehouse.question import UnknownQuestion, names, parse, question

TEXT = """-- Refused results of an account.
-- account: id of the account
-- limit = 50: most rows
SELECT * FROM refusals WHERE advertiser_id = %(account)s LIMIT %(limit)s
"""


def test_a_file_says_what_it_answers_and_from_what() -> None:
    asked = parse("refused", TEXT)
    assert asked.sentence == "Refused results of an account."
    assert asked.meanings == {"account": "id of the account", "limit": "most rows"}
    assert asked.bind({"account": "harbour-bikes"}) == {"account": "harbour-bikes", "limit": 50}


@pytest.mark.parametrize("given", [{}, {"account": "a", "colour": "red"}])
def test_parameters_are_exactly_the_documented_ones(given: dict[str, object]) -> None:
    with pytest.raises(TypeError, match="question refused"):
        parse("refused", TEXT).bind(given)


@pytest.mark.parametrize(
    "text", ["SELECT 1", "-- Sentence.\nSELECT %(a)s", "-- Sentence.\n-- a: unused\nSELECT 1"]
)
def test_a_file_that_does_not_document_itself_is_refused(text: str) -> None:
    with pytest.raises(AssertionError):
        parse("bad", text)


def test_an_unknown_question_lists_those_there_are() -> None:
    with pytest.raises(UnknownQuestion, match="watermark"):
        question("../schema/0001_logs")


@pytest.mark.parametrize("name", names())
def test_every_question_documents_itself(name: str) -> None:
    asked = question(name)
    assert asked.sentence.endswith("."), f"{name}: a sentence ends with a full stop"
