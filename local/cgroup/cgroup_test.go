package cgroup

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// group creates the directories of a cluster's group in every hierarchy, with the group of a container.
func group(t *testing.T, name string) []string {
	t.Helper()
	if os.Getenv("CI") != "true" && os.Geteuid() != 0 {
		t.Skip("needs root")
	}
	all, err := hierarchies()
	require.NoError(t, err)
	var dirs []string
	for _, h := range all {
		dir := filepath.Join(h.path, name)
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "kubepods", "pod"), 0o755))
		require.NoError(t, os.Mkdir(filepath.Join(dir, leaf), 0o755))
		dirs = append(dirs, dir)
	}
	t.Cleanup(func() { assert.NoError(t, Remove(name, 10*time.Second)) })
	return dirs
}

func TestRemoveAbandonedKeepsTheGroupsOfRunningClusters(t *testing.T) {
	prefix := fmt.Sprintf("djangostack-test-%d-", os.Getpid())
	abandoned, running, neighbour := group(t, prefix+"abandoned"), group(t, prefix+"running"), group(t, fmt.Sprintf("djangostack-other-%d", os.Getpid()))
	supervisor := exec.Command("sleep", "60")
	require.NoError(t, supervisor.Start())
	t.Cleanup(func() { _ = supervisor.Process.Kill(); _ = supervisor.Wait() })
	for _, dir := range running {
		// The process may not be in every hierarchy: a cpuset, for instance, accepts none before it has CPUs.
		_ = os.WriteFile(filepath.Join(dir, leaf, "cgroup.procs"), []byte(strconv.Itoa(supervisor.Process.Pid)), 0)
	}
	var occupied []string
	for _, dir := range running {
		if procs, err := os.ReadFile(filepath.Join(dir, leaf, "cgroup.procs")); err == nil && len(procs) > 0 {
			occupied = append(occupied, filepath.Join(dir, "kubepods", "pod"))
		}
	}
	require.NotEmpty(t, occupied)

	require.NoError(t, RemoveAbandoned(prefix, time.Hour))
	for _, dir := range abandoned {
		assert.DirExists(t, dir, "a young group may be that of a cluster which is starting")
	}
	require.NoError(t, RemoveAbandoned(prefix, 0))
	for _, dir := range abandoned {
		assert.NoDirExists(t, dir)
	}
	for _, dir := range slices.Concat(running, occupied, neighbour) {
		assert.DirExists(t, dir)
	}
}
