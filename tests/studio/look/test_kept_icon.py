"""Icons are drawn once, and not at all where there is no room for them."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QIcon, QImage, QPainter, QPixmap

from studio.desk import Desk


def test_a_place_without_room_gets_an_empty_picture(desk: Desk) -> None:
    icon = desk.appearance.icon("play", "play")  # a warning of Qt would fail this test
    assert icon.pixmap(QSize(0, 0)).isNull()
    assert icon.pixmap(QSize(0, 16)).isNull()
    image = QImage(8, 8, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    icon.paint(painter, QRect(0, 0, 0, 8))
    painter.end()


def strongest(picture: QPixmap) -> int:
    image = picture.toImage()
    places = [(x, y) for x in range(image.width()) for y in range(image.height())]
    return max(image.pixelColor(x, y).alpha() for x, y in places)


def test_pictures_are_kept_by_size_and_mode(desk: Desk) -> None:
    icon = desk.appearance.icon("play", "play")
    small, large = icon.pixmap(QSize(16, 16)), icon.pixmap(QSize(32, 32))
    assert (small.width(), large.width()) == (16, 32)
    assert icon.pixmap(QSize(16, 16)).cacheKey() == small.cacheKey()
    off = icon.pixmap(QSize(16, 16), QIcon.Mode.Disabled)
    assert off.toImage() != small.toImage()
    assert strongest(off) <= 0.6 * strongest(small), "what cannot be pressed is dim"
    assert icon.pixmap(QSize(16, 16), 2.0).width() == 32
