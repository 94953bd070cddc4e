"""$title: catch the falling stars with the arrow keys; three that touch the ground end it.

Escape or the window's close button quits, space starts again. `--frames N` plays N frames by
itself and quits, which is how the game is tried on a machine without a screen.
"""

import argparse
import random
import sys
from array import array
from dataclasses import dataclass, field

import pygame

WIDTH, HEIGHT, FPS = 480, 640, 60
NIGHT, STAR, BASKET, TEXT = "#14161f", "#e3b341", "#4cc26a", "#e6e7ea"
SPEED = 420  # of the basket, in pixels a second


@dataclass
class Star:
    """A falling star; the position is its centre."""

    x: float
    y: float
    speed: float


@dataclass
class Game:
    """The rules: what falls, what is caught, what is lost. Draws nothing."""

    basket: pygame.Rect = field(
        default_factory=lambda: pygame.Rect(WIDTH // 2 - 40, HEIGHT - 40, 80, 16)
    )
    stars: list[Star] = field(default_factory=list)
    score: int = 0
    lives: int = 3
    until_next: float = 0.0

    @property
    def over(self) -> bool:
        """Whether the last life is gone."""
        return self.lives <= 0

    def step(self, seconds: float, direction: int) -> bool:
        """Move the world on; return whether a star was caught."""
        self.basket.x += round(direction * SPEED * seconds)
        self.basket.clamp_ip(pygame.Rect(0, 0, WIDTH, HEIGHT))
        self.until_next -= seconds
        if self.until_next <= 0:
            self.until_next = max(0.25, 1.0 - self.score * 0.02)
            speed = 160 + 6 * self.score
            self.stars.append(Star(random.uniform(12, WIDTH - 12), 0, speed))
        return self._fall(seconds)

    def _fall(self, seconds: float) -> bool:
        caught = 0
        for star in list(self.stars):
            star.y += star.speed * seconds
            if self.basket.collidepoint(star.x, star.y):
                caught += 1
            elif star.y <= HEIGHT:
                continue
            else:
                self.lives -= 1
            self.stars.remove(star)
        self.score += caught
        return caught > 0


class Screen:
    """The window: draws a game and plays its one sound."""

    def __init__(self) -> None:
        self.surface = pygame.display.set_mode((WIDTH, HEIGHT))
        pygame.display.set_caption("$title")
        self.font = pygame.font.Font(None, 32)
        self.sound = self._load_sound()

    @staticmethod
    def _load_sound() -> pygame.mixer.Sound | None:
        """Make a short beep; a machine without sound plays the game in silence."""
        if pygame.mixer.get_init() is None:
            return None
        wave = array("h", (6000 if sample // 25 % 2 else -6000 for sample in range(4000)))
        return pygame.mixer.Sound(buffer=wave)

    def beep(self) -> None:
        """Say that a star was caught."""
        if self.sound:
            self.sound.play()

    def draw(self, game: Game) -> None:
        """Show the game as it is now."""
        self.surface.fill(NIGHT)
        for star in game.stars:
            pygame.draw.circle(self.surface, STAR, (star.x, star.y), 9)
        pygame.draw.rect(self.surface, BASKET, game.basket, border_radius=6)
        self._write(f"Score {game.score}", (12, 12))
        self._write(f"Lives {game.lives}", (WIDTH - 100, 12))
        if game.over:
            self._write("Game over. Space plays again.", (84, HEIGHT // 2))
        pygame.display.flip()

    def _write(self, text: str, place: tuple[int, int]) -> None:
        self.surface.blit(self.font.render(text, True, TEXT), place)


def quit_asked() -> bool:
    """Take the waiting events; tell whether one of them wants the game to end."""
    return any(
        event.type == pygame.QUIT or (event.type == pygame.KEYDOWN and event.key == pygame.K_ESCAPE)
        for event in pygame.event.get()
    )


def play(frames: int | None) -> int:
    """Play until the player quits, or for a number of frames; return the score."""
    screen, clock, game = Screen(), pygame.time.Clock(), Game()
    played = 0
    while not quit_asked() and played != frames:
        keys = pygame.key.get_pressed()
        if game.over and keys[pygame.K_SPACE]:
            game = Game()
        if not game.over and game.step(
            clock.get_time() / 1000, keys[pygame.K_RIGHT] - keys[pygame.K_LEFT]
        ):
            screen.beep()
        screen.draw(game)
        clock.tick(FPS)
        played += 1
    return game.score


def main() -> None:
    """Read the command line, play, and say the score."""
    parser = argparse.ArgumentParser(description="Catch the falling stars.")
    parser.add_argument("--frames", type=int, help="play this many frames, then quit")
    arguments = parser.parse_args()
    pygame.init()
    try:
        print(f"Score: {play(arguments.frames)}")
    finally:
        pygame.quit()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:  # Stop asks with Ctrl-C; the window is closed by now
        sys.exit(130)
