"""The memory that is left to a process."""

from pathlib import Path

import psutil
import pytest

from engine.machine import available_memory

NAMES = {
    "": ("memory.max", "memory.current", "inactive_file"),
    "memory": ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
}


@pytest.mark.parametrize(
    ("listed", "folder", "names", "why"),
    [
        ("0::/slurm/job_3/step", "slurm/job_3", "", "a cluster limits the job, of which this is a step"),
        ("0::/", ".", "", "a container's own group is the outermost that it sees"),
        (
            "4:memory:/docker/1a2b\n3:cpuset:/",
            "memory",
            "memory",
            "version 1 mounts it in place of the outermost",
        ),
    ],
)
def test_memory_ends_where_a_control_group_ends(tmp_path: Path, listed: str, folder: str, names: str, why: str):
    groups, mounted = tmp_path / "cgroup", tmp_path / "mounted"
    (mounted / "slurm/job_3/step").mkdir(parents=True)
    (mounted / "slurm/job_3/step/memory.max").write_text("max\n")
    (mounted / folder).mkdir(exist_ok=True)
    groups.write_text(f"{listed}\n")
    assert available_memory(groups, mounted) > 1_000_000, "no group has a limit yet"
    limit, use, given_back = NAMES[names]
    for name, content in ((limit, "1000"), (use, "700"), ("memory.stat", f"anon 600\n{given_back} 100")):
        (mounted / folder / name).write_text(f"{content}\n")
    assert available_memory(groups, mounted) == 1000 - 700 + 100, why


def test_without_control_groups_memory_ends_where_the_machine_s_does(tmp_path: Path):
    assert 0 < available_memory(tmp_path / "none") <= psutil.virtual_memory().total
