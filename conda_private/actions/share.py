"""Share a package, as planned."""

from __future__ import annotations

from conda_private.actions.share_plan import SharePlan
from conda_private.model.exceptions import CondaPrivateError
from conda_private.model.server_ports import PeopleApi


def share(plan: SharePlan, people: PeopleApi) -> None:
    """Do what is planned. What is done twice does no harm, so it can be repeated.

    Raises:
        CondaPrivateError: a step failed; the message says which were done before.
    """
    done: list[str] = []
    try:
        if plan.group and plan.makes_group:
            people.make(plan.group)
            done.append(f"group {plan.group.name} made")
        if plan.group and plan.adds_package:
            people.add_package(plan.group, plan.package)
            done.append(f"{plan.package} added to the group")
        for user in plan.users:
            _add(plan, user, people)
            done.append(f"{user} added")
    except CondaPrivateError as error:
        raise error.adding(f"Done before: {', '.join(done) or 'nothing'}.") from error


def _add(plan: SharePlan, user: str, people: PeopleApi) -> None:
    if plan.group:
        people.add_member(plan.group, user)
    else:
        people.add_collaborator(plan.owner, plan.package, user)
