"""The tests that need POSIX, one by one: on Windows they are skipped, each with its reason.

Tests whose need is seen where they are, such as those of modes, say so there.
"""

from __future__ import annotations

REASONS = {
    "it expects messages as on POSIX, with ls, mv, or words of its errors": (
        "conda_config/condarc/test_file.py::test_file_that_cannot_be_read_is_refused",
        "conda_config/condarc/test_file.py::test_malformed_record_is_an_error_with_the_next_command",
        "conda_config/condarc/test_file.py::test_refused_removal_names_the_command_to_run_and_keeps_the_record",
        "conda_config/test_hiding.py::test_command_that_is_shown_removes_the_credential",
        "conda_config/test_hiding.py::test_credential_in_a_variable_is_named_with_the_variable",
        "conda_config/test_other_channels.py::test_command_changes_the_setting_where_it_is_set",
        "files/test_atomic.py::test_file_that_cannot_be_removed_is_an_error",
        "files/test_atomic.py::test_file_that_cannot_be_written_is_an_error_with_the_reason",
        "files/test_logins.py::test_command_of_the_error_makes_room_for_new_logins",
        "files/test_logins.py::test_malformed_file_is_an_error_with_the_next_command",
        "files/test_team_file.py::test_file_that_is_missing_or_a_folder_is_an_error",
        "files/test_writing_details.py::test_file_that_cannot_be_removed_is_said",
        "files/test_writing_details.py::test_folder_that_cannot_be_made_is_said",
        "files/test_writing_details.py::test_text_that_cannot_be_encoded_is_said",
        "files/test_writing_details.py::test_what_is_not_a_file_is_not_replaced_and_said",
        "handler/test_placeholders.py::test_edit_that_is_named_makes_the_login_authenticate_the_file",
        "http/test_tls.py::test_file_that_is_missing_is_named_with_its_variable",
        "stores/test_anaconda_client.py::test_file_that_is_removed_while_it_is_read_is_an_error",
        "stores/test_environment.py::test_error_of_a_missing_reference_names_it_and_the_command",
        "stores/test_environment.py::test_unreadable_file_is_not_reported_as_missing",
        "stores/test_errors.py::test_file_of_anaconda_client_that_cannot_be_read",
        "stores/test_errors.py::test_file_that_cannot_be_read",
        "stores/test_errors.py::test_file_that_was_edited",
        "stores/test_errors.py::test_machine_without_a_keyring",
        "stores/test_errors.py::test_variable_and_file_that_are_not_there",
        "stores/test_file.py::test_malformed_file_is_an_error_with_the_next_command_and_no_secret",
    ),
    "files have modes, owners, and links on POSIX alone": (
        "conda_config/condarc/test_file.py::test_file_that_we_made_goes_with_its_last_channel",
        "conda_config/condarc/test_file.py::test_record_is_stored_before_the_file_is_written",
        "conda_config/condarc/test_file.py::test_record_outlives_the_process",
        "conda_config/test_channel_settings.py::test_file_is_replaced_whole_and_private",
        "files/test_atomic.py::test_file_below_a_file_is_refused",
        "files/test_atomic.py::test_file_of_this_user_alone_is_read",
        "files/test_memory.py::test_file_is_private_and_is_not_written_again_for_the_same",
        "files/test_memory.py::test_file_that_others_can_write_to_is_an_error",
        "files/test_writing_details.py::test_file_that_is_not_ours_is_said",
        "files/test_writing_details.py::test_folder_is_private_from_its_first_moment",
        "files/test_writing_details.py::test_folder_of_root_in_the_home_of_another_user_is_said",
        "files/test_writing_details.py::test_link_in_place_of_a_file_is_said",
        "files/test_writing_details.py::test_logins_are_read_with_the_access_of_their_file",
        "files/test_writing_details.py::test_new_text_lies_beside_the_old_one_hidden_and_private",
        "files/test_writing_details.py::test_owner_that_a_file_must_have_is_not_just_whoever_runs_this",
        "files/test_writing_details.py::test_owner_that_cannot_be_given_is_no_error",
        "files/test_writing_details.py::test_refusal_elsewhere_is_an_error_at_once",
        "files/test_writing_details.py::test_windows_has_other_permissions",
        "stores/test_file.py::test_file_in_place_of_the_folder_is_an_error",
    ),
    "Windows does not replace a file that is open": (
        "files/test_atomic.py::test_reader_that_has_the_old_file_open_sees_it_whole",
    ),
    "no variable changes the folders of a user on Windows": (
        "files/test_activated.py::test_folder_of_an_environment_is_not_ours_and_this_is_said_once",
        "files/test_paths.py::test_no_variable_of_conda_or_of_the_environment_changes_a_path",
        "files/test_policy_file.py::test_file_is_beside_the_logins_of_the_system",
        "stores/test_anaconda_client.py::test_folders_of_the_user_are_searched",
    ),
    "variables have no upper and lower case on Windows": (
        "handler/test_networks.py::test_proxy_that_is_no_url_is_named_before_conda_quotes_its_password",
        "http/test_proxies.py::test_proxy_that_does_not_reach_the_server_is_quoted_by_its_status",
        "http/test_proxies.py::test_setting_that_is_no_url_is_named_with_its_problem_and_without_its_password",
        "http/test_proxies.py::test_variable_is_named_as_it_is_set",
    ),
    "Windows always has a keyring, which is found first": (
        "stores/test_backends.py::test_backend_of_an_activated_environment_does_not_count",
        "stores/test_backends.py::test_backend_that_the_user_named_counts_whatever_its_priority",
        "stores/test_backends.py::test_backend_that_was_only_installed_does_not_count",
        "stores/test_backends.py::test_recorded_backend_beside_the_settings_of_the_library_is_found",
        "stores/test_backends.py::test_service_that_is_gone_is_told_by_its_backend",
        "stores/test_backends.py::test_settings_folder_of_an_activated_environment_does_not_count",
    ),
    "commands get signals and terminals as on POSIX": (
        "gateway/test_child.py",
        "stores/test_patience.py::test_terminal_is_enough_if_the_credential_is_piped",
    ),
}
_REASON_OF = {f"tests/{name}": reason for reason, names in REASONS.items() for name in names}


def reason_for(test: str) -> str:
    """Return why a test, by its pytest id, cannot run on Windows; "" if it can."""
    file, _, _ = test.partition("::")
    return _REASON_OF.get(file) or _REASON_OF.get(test.partition("[")[0], "")
