"""The list of notices: bounded, counted, never lost while there is room."""

from session.log.entry import Severity
from studio.notices import NoticeList


def test_notices_are_counted_until_they_are_read() -> None:
    notices = NoticeList()
    posted: list[str] = []
    notices.posted.connect(lambda notice: posted.append(notice.text))
    notices.post("the first")
    notices.post("the second", Severity.ERROR, "more of it")
    assert (notices.unread, posted) == (2, ["the first", "the second"])
    notices.mark_read()
    assert notices.unread == 0
    assert [notice.text for notice in notices.notices] == posted
    notices.clear()
    assert notices.notices == []


def test_the_oldest_go_first() -> None:
    notices = NoticeList()
    for number in range(300):
        notices.post(str(number))
    assert len(notices.notices) == 200
    assert notices.notices[-1].text == "299"
