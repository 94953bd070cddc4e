"""One preparation that has something to do: the steps, what each needs, and the memo after them.

scan → dependencies → compile → assets → manifest → validate → seal; dependencies and compile run
side by side.
"""

import os
import sys
import time
from pathlib import Path
from typing import Any

from shipper.build.assets import collect_assets
from shipper.build.compiling import Compiled, compile_sources
from shipper.build.context import Context
from shipper.build.dependencies import provide_environment
from shipper.build.graph import Results, Step, run_steps
from shipper.build.interpreter import choose_interpreter
from shipper.build.locking import own_lock
from shipper.build.scan import Scan, scan_project
from shipper.errors import PrepareFailed, StoreUnwritable
from shipper.events import Channel, Emit, IsCancelled, Spawn, shown
from shipper.formats.interpreter import Environment, Interpreter
from shipper.formats.permission import Wanted
from shipper.formats.scan import StoredFile
from shipper.formats.sealed import ImageFile, SealedImage
from shipper.formats.way import Way
from shipper.journal import Journal, Phase, StepLog
from shipper.pack.manifest import assemble, build_section
from shipper.pack.sealing import seal
from shipper.source.configured import configured
from shipper.source.opening import open_project
from shipper.store.blobs import BlobStore
from shipper.store.images import ImageStore
from shipper.store.memo import (
    ProjectMemo,
    event_row,
    image_row,
    is_racy,
    path_stamp,
    project_hash,
)
from shipper.store.results import ResultStore
from shipper.validate.checking import check_rules
from shipper.validate.entry import entry_module_path
from shipper.validate.subject import Subject
from shipper.validate.wanted import wanted_permissions

_PLATFORMS = {"linux": "linux", "darwin": "macos", "win32": "windows"}


def _is_text(path: Path) -> bool:
    try:
        os.fspath(path).encode()
    except UnicodeEncodeError:
        return False
    return True


class Preparation:
    """The steps of one preparation. Each method `_name` is the step of that name."""

    def __init__(
        self,
        path: Path,
        cache: Path,
        memo: ProjectMemo,
        emit: Emit,
        spawn: Spawn,
        cancelled: IsCancelled,
        workers: int,
    ) -> None:
        self.path = path
        self.memo = memo
        self.memory = memo.files()
        self.context = Context(
            cache, BlobStore(cache), ResultStore(cache), spawn, cancelled, workers
        )
        self.images = ImageStore(cache)
        build, validation = Channel.BUILD, Channel.PACK_VALIDATION
        self.steps = (
            self._step("scan", build, ()),
            self._step("interpreter", build, ("scan",)),
            self._step("dependencies", build, ("interpreter",)),
            self._step("compile", build, ("interpreter",)),
            self._step("assets", build, ("scan",)),
            self._step("manifest", validation, ("dependencies", "assets")),
            self._step("validate", validation, ("manifest", "compile")),
            self._step("seal", Channel.PACK, ("validate",)),
        )
        self.journal = Journal([step.phase for step in self.steps], emit)

    def _step(self, name: str, channel: Channel, needs: tuple[str, ...]) -> Step:
        return Step(Phase(name, channel), needs, getattr(self, f"_{name}"))

    def run(self, way: Way) -> SealedImage:
        """Run every step and return the image; remember what was seen, whatever came of it."""
        self.context.check()
        self._make_cache()
        self.started = time.time_ns()
        results, check = self.context.results, self.context.check
        opened = open_project(self.path, results, check, way.configuration)
        self.project = configured(opened, way)
        self.scan: Scan | None = None
        try:
            made = run_steps(self.steps, self.journal, self.context)
        except PrepareFailed:
            self._remember(None, None)
            raise
        image = self._image(made)
        self._remember(image, made["dependencies"])
        return way.of(image)

    def _make_cache(self) -> None:
        if not _is_text(self.context.cache):
            reason = OSError("its path is not UTF-8 text, which uv needs")
            raise StoreUnwritable(self.context.cache, reason)
        try:
            self.context.cache.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnwritable(self.context.cache, error) from error

    def _scan(self, log: StepLog, _: Results) -> Scan:
        self.scan = scan_project(self.project, self.memory, self.context, log)
        return self.scan

    def _files(self, results: Results) -> dict[str, StoredFile]:
        scan: Scan = results["scan"]
        return scan.by_path()

    def _interpreter(self, log: StepLog, results: Results) -> Interpreter:
        locked = own_lock(self.project, self._files(results)) is not None
        return choose_interpreter(self.project, locked, self.context, log)

    def _dependencies(self, log: StepLog, results: Results) -> Environment:
        files, interpreter = self._files(results), results["interpreter"]
        return provide_environment(self.project, files, interpreter, self.context, log)

    def _compile(self, log: StepLog, results: Results) -> Compiled:
        files, interpreter = results["scan"].files, results["interpreter"]
        return compile_sources(self.project, files, interpreter, self.context, log)

    def _assets(self, log: StepLog, results: Results) -> tuple[str, ...]:
        return collect_assets(self.project, results["scan"].files, log)

    def _manifest(self, log: StepLog, results: Results) -> dict[str, Any]:
        environment: Environment = results["dependencies"]
        scan: Scan = results["scan"]
        lock = self.context.blobs.put(environment.lock).sha256 if environment.lock else None
        manifest = assemble(self.project.own or self.project, scan.files, results["assets"], lock)
        build = build_section(scan.left_out, results["interpreter"], environment)
        entry, source = self.project.entry, self.project.manifest or "defaults"
        log.sum_up(f"manifest from {source}: {self.project.kind}, entry {entry.target}", dull=True)
        return {**manifest, "build": build}

    def _validate(self, log: StepLog, results: Results) -> tuple[Wanted, ...]:
        compiled: Compiled = results["compile"]
        files = self._files(results)
        module = entry_module_path(self.project.entry, files)
        subject = Subject(
            self.project,
            files,
            results["scan"].left_out,
            results["interpreter"],
            results["dependencies"],
            compiled.reports,
            self.context.blobs.read(files[module].sha256) if module else None,
            _PLATFORMS.get(sys.platform, sys.platform),
        )
        check_rules(subject, compiled.failures, log)
        return wanted_permissions(subject)

    def _seal(self, log: StepLog, results: Results) -> str:
        scan: Scan = results["scan"]
        return seal(results["manifest"], scan.files, scan.left_out, self.images, log)

    def _image(self, results: Results) -> SealedImage:
        project, environment = self.project, results["dependencies"]
        spec, place = project.spec, self.context.blobs.place
        files = tuple(
            ImageFile(file.path, Path(place(file.sha256)), file.size, file.executable)
            for file in results["scan"].files
        )
        env, write = spec.permissions.get("env", False), spec.permissions.get("write", False)
        return SealedImage(
            results["seal"],
            project.kind,
            shown(project.title),
            project.root,
            spec.id or project_hash(project.path),
            project.entry.form,
            project.entry.target,
            spec.args,
            environment.python,
            environment.words,
            environment.sealed,
            ("*",) if env is True else tuple(env or ()),
            isinstance(write, list) and "." in write,
            files,
            project.env,
            project.cwd,
            spec.permissions,
            results["validate"],
            tuple(spec.budget.items()),
            spec.worker,
        )

    def _remember(self, image: SealedImage | None, environment: Environment | None) -> None:
        if self.scan is None:
            return
        blobs = self.context.blobs
        stamps, seen = self.scan.stamps, self.started
        rows: list[list[Any]] = []
        for file in self.scan.files:
            mark = blobs.mark(file.sha256)
            stamp = list(stamps[file.path])
            rows.append(
                [file.path, stamp, file.sha256, file.executable, list(mark) if mark else None]
            )
        folders = [[folder.place, list(folder.stamp)] for folder in self.scan.folders]
        row = None
        if image is not None and (mark := self.images.mark(image.content_id)):
            row = image_row(image, mark)
        self.memo.write(
            {
                "seen": seen,
                "racy_files": [
                    [file.path, file.sha256, file.size]
                    for file in self.scan.files
                    if is_racy(stamps[file.path], seen)
                ],
                "racy_folders": [
                    [folder.place, folder.names]
                    for folder in self.scan.folders
                    if is_racy(folder.stamp, seen)
                ],
                "root": os.fspath(self.project.root),
                "files": rows,
                "watched": [*folders, *self._watched(environment)],
                "image": row,
                "events": [event_row(event) for event in self.journal.again()],
            }
        )

    def _watched(self, environment: Environment | None) -> list[list[Any]]:
        """Return what else would change the outcome: the environment, absent data files."""
        paths = [*(environment.watched if environment else ()), *self.project.watched]
        return [[path, path_stamp(path)] for path in paths]
