"""Move a private package to another owner: copy it, compare it, and only then remove the old one.

The target is reserved as private before the first file is copied, because a copy to a package that
does not exist can publish it. Every step reads what is there, so that a move that was interrupted
can be repeated: it continues with what is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from conda_private.actions.reserving import find_package, require_private, reserve
from conda_private.model.exceptions import (
    AlreadyExistsError,
    CondaPrivateError,
    NotFoundError,
    PublicPackageError,
    ServerError,
)
from conda_private.model.facts import PackageName
from conda_private.model.package_files import FileFacts, PackageContent, PackageFiles
from conda_private.model.ports import PackageApi, PeopleApi

Key = tuple[str, str]


@dataclass(frozen=True)
class Edges:
    """What a move works with."""

    people: PeopleApi
    packages: PackageApi
    files: PackageFiles


@dataclass(frozen=True)
class Missing:
    """What the target lacks of a file: the file with its labels, or only some labels."""

    file: FileFacts
    is_there: bool
    labels: tuple[str, ...]


@dataclass(frozen=True)
class MovePlan:
    """What a move does.

    Attributes:
        source: the package.
        target: the package with the new owner.
        page: the web page of the target.
        was_public: whether the source is public.
        is_new: whether the target has to be reserved.
        files: how many files the source has.
        missing: what the target lacks.
        others: how many other files the target has.
    """

    source: PackageName
    target: PackageName
    page: str
    was_public: bool
    is_new: bool
    files: int
    missing: tuple[Missing, ...]
    others: int


def plan_move(source: PackageName, target: PackageName, page: str, edges: Edges) -> MovePlan:
    """Compare a package with that of its new owner, whose page is given, and change nothing.

    Raises:
        PublicPackageError: the target is public, so a copy would be public.
        AlreadyExistsError: the target has a different file of the same name.
        CondaPrivateError: the package or the owner does not exist, or a file cannot be copied.
    """
    edges.people.profile(target.owner)
    old = _source(source, target, edges)
    facts = find_package(target, edges.packages)
    if facts:
        require_private(target, facts, page)
    there = edges.files.content(target).files if facts else {}
    _require_copyable(old, there, target, page)
    return MovePlan(
        source=source,
        target=target,
        page=page,
        was_public=old.facts.public is not False,
        is_new=facts is None,
        files=len(old.files),
        missing=tuple(_missing(old, there)),
        others=len(there.keys() - old.files.keys()),
    )


def _source(source: PackageName, target: PackageName, edges: Edges) -> PackageContent:
    try:
        return edges.files.content(source)
    except NotFoundError as error:
        if find_package(target, edges.packages) is None:
            raise
        raise error.adding(
            f"{target} exists: if an earlier move ended when it had removed {source}, it is done."
        ) from error


def _require_copyable(
    old: PackageContent, there: Mapping[Key, FileFacts], target: PackageName, page: str
) -> None:
    for key, file in old.files.items():
        if not file.labels or not file.digest:
            what = "label" if file.digest else "checksum"
            raise ServerError(
                f"{file.basename} has no {what}.",
                cause="A file is copied by its label, and the copy is compared by its checksum."
                " Nothing was changed.",
                next_step="add a label to the file, or remove it, on the web page of its package",
            )
        if key in there and there[key].digest != file.digest:
            raise AlreadyExistsError(
                f"{target} has another {file.basename}.",
                cause="Its name is the same, but not its content. Nothing was changed.",
                next_step=f"remove one of the two files; one is at {page}/files",
            )


def _missing(old: PackageContent, there: Mapping[Key, FileFacts]) -> Iterator[Missing]:
    for key, file in old.files.items():
        labels = file.labels - (there[key].labels if key in there else frozenset())
        if labels:
            yield Missing(file, key in there, tuple(sorted(labels)))


def copy_files(plan: MovePlan, edges: Edges) -> None:
    """Reserve the target as private if it is new, and copy what it lacks.

    Raises:
        PublicPackageError: the server made the target public.
        CondaPrivateError: a request failed; the source is unchanged, and a repetition continues.
    """
    done = 0
    try:
        if plan.is_new:
            reserve(plan.target, edges.packages, plan.page)
        first = next((each for each in plan.missing if not each.is_there), None)
        for missing in plan.missing:
            _copy(plan, missing, edges, is_first=missing is first)
            done += 1
    except CondaPrivateError as error:
        raise error.adding(
            f"{plan.source} is unchanged; {done} of {len(plan.missing)} files were copied. To"
            " continue, repeat the command."
        ) from error


def _copy(plan: MovePlan, missing: Missing, edges: Edges, *, is_first: bool) -> None:
    file, labels = missing.file, missing.labels
    if not missing.is_there:
        edges.files.copy(plan.source, file, plan.target.owner, labels[0])
        if is_first:
            _require_still_private(plan, file, edges)
        labels = labels[1:]
    for label in labels:
        edges.files.add_label(plan.target, file, label)


def _require_still_private(plan: MovePlan, file: FileFacts, edges: Edges) -> None:
    try:
        require_private(plan.target, edges.packages.package(*plan.target), plan.page)
    except PublicPackageError as error:
        edges.files.remove_file(plan.target, file)
        cause = f"The server published it with the copy of {file.basename}, which was removed."
        raise PublicPackageError.at(plan.target, plan.page, cause=cause) from error


def require_complete(plan: MovePlan, edges: Edges) -> None:
    """Return if the target is private, and has all files of the source with all their labels.

    Raises:
        PublicPackageError: the target is public.
        ServerError: it lacks something, for example because of an upload in the meantime.
    """
    new = edges.files.content(plan.target)
    require_private(plan.target, new.facts, plan.page)
    old = edges.files.content(plan.source)
    _require_copyable(old, new.files, plan.target, plan.page)
    if missing := [each.file.basename for each in _missing(old, new.files)]:
        raise ServerError(
            f"{plan.target} lacks files or labels of {plan.source}: {missing[0]}.",
            cause=f"{len(missing)} files differ; the server did not copy them, or they were added"
            f" in the meantime. {plan.source} is unchanged.",
            next_step="repeat the command",
        )


def remove_source(plan: MovePlan, edges: Edges) -> None:
    """Remove the source, if the target is complete at this moment.

    Raises:
        CondaPrivateError: the target is not complete, or the server refused to remove the source.
    """
    require_complete(plan, edges)
    edges.files.remove(plan.source)
