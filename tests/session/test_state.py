"""The state machine: every (state, trigger) pair, and nothing changed by an illegal one."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session.errors import IllegalTransition
from session.state import TRANSITIONS, SessionState, Trigger, can_play, can_stop, next_state

S, T = SessionState, Trigger
LEGAL = {
    (S.IDLE, T.PLAY): S.PREPARING,
    (S.PREPARING, T.PREPARED): S.CONNECTING,
    (S.PREPARING, T.FAILED): S.PREPARE_FAILED,
    (S.PREPARING, T.STOPPED): S.STOPPED,
    (S.CONNECTING, T.CONNECTED): S.RUNNING,
    (S.CONNECTING, T.FAILED): S.RUNTIME_FAILED,
    (S.CONNECTING, T.STOPPED): S.STOPPED,
    (S.RUNNING, T.FINISHED): S.STOPPED,
    (S.RUNNING, T.FAILED): S.RUNTIME_FAILED,
    (S.RUNNING, T.STOPPED): S.STOPPED,
    (S.PREPARE_FAILED, T.PLAY): S.PREPARING,
    (S.RUNTIME_FAILED, T.PLAY): S.PREPARING,
    (S.STOPPED, T.PLAY): S.PREPARING,
}


@pytest.mark.parametrize(("state", "trigger"), list(itertools.product(S, T)))
def test_every_pair_is_legal_or_raises(state: SessionState, trigger: Trigger) -> None:
    if (state, trigger) in LEGAL:
        assert next_state(state, trigger) is LEGAL[state, trigger]
    else:
        with pytest.raises(IllegalTransition) as caught:
            next_state(state, trigger)
        assert (caught.value.state, caught.value.trigger) == (state, trigger)
        assert trigger in str(caught.value)
        assert state in str(caught.value)


def test_every_state_has_a_row_and_a_way_out() -> None:
    assert set(TRANSITIONS) == set(S)
    assert all(TRANSITIONS.values())


@given(st.lists(st.sampled_from(T), max_size=60))
def test_random_triggers_walk_only_legal_edges(triggers: list[Trigger]) -> None:
    state = S.IDLE
    for trigger in triggers:
        before = state
        try:
            state = next_state(state, trigger)
        except IllegalTransition:
            assert (before, trigger) not in LEGAL
            assert state is before
        else:
            assert LEGAL[before, trigger] is state


@pytest.mark.parametrize("state", S)
def test_stop_is_possible_exactly_while_a_run_is_under_way(state: SessionState) -> None:
    active = state in {S.PREPARING, S.CONNECTING, S.RUNNING}
    assert state.active is active
    assert can_stop(state) is active
    assert can_play(state)
