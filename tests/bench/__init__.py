"""What the plugin costs, beside a conda without it: ``make bench``.

One module for each row of the table in ``docs/explanation/performance.md``, or for a few that are
alike. What is counted and does not depend on the machine (modules, reads, requests) is tested in
``test_counts.py``.
"""
