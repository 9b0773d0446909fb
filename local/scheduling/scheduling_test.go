// Package scheduling_test tries the manifests of an environment on the rules of
// kube-scheduler.
package scheduling_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/kubernetes/pkg/scheduler/apis/config"
	"k8s.io/kubernetes/pkg/scheduler/apis/config/testing/defaults"
	"k8s.io/kubernetes/pkg/scheduler/backend/cache"
	"k8s.io/kubernetes/pkg/scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/names"
	"k8s.io/kubernetes/pkg/scheduler/framework/runtime"
	"k8s.io/kubernetes/pkg/scheduler/metrics"
)

// workloads are the pods' templates of an environment in which web, a worker, a cron command
// and a release command mount one ReadWriteOnce volume. stacks/existing writes the manifests.
type workloads struct {
	web, worker   appsv1.Deployment
	cron, migrate corev1.PodTemplateSpec
	// budgets are the disruption budgets, by the name of their Deployment.
	budgets map[string]policyv1.PodDisruptionBudgetSpec
}

func read(t *testing.T) workloads {
	t.Helper()
	raw, err := os.ReadFile("testdata/volume.yaml")
	require.NoError(t, err)
	found := workloads{budgets: map[string]policyv1.PodDisruptionBudgetSpec{}}
	documents := yaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(raw)))
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return found
		}
		require.NoError(t, err)
		var kind metav1.PartialObjectMetadata
		require.NoError(t, yaml.Unmarshal(document, &kind))
		switch {
		case kind.Kind == "Job":
			var job batchv1.Job
			require.NoError(t, yaml.Unmarshal(document, &job))
			found.migrate = job.Spec.Template
		case kind.Kind == "CronJob":
			var job batchv1.CronJob
			require.NoError(t, yaml.Unmarshal(document, &job))
			found.cron = job.Spec.JobTemplate.Spec.Template
		case kind.Kind == "PodDisruptionBudget":
			var budget policyv1.PodDisruptionBudget
			require.NoError(t, yaml.Unmarshal(document, &budget))
			found.budgets[budget.Name] = budget.Spec
		case kind.Name == "blog-web":
			require.NoError(t, yaml.Unmarshal(document, &found.web))
		case kind.Name == "blog-worker-mail":
			require.NoError(t, yaml.Unmarshal(document, &found.worker))
		}
	}
}

// A node holds one version of web and worker, a command of the release and one of cron, and no
// surplus pod of a rolling update.
func nodes(w workloads) []*corev1.Node {
	amount := resource.Quantity{}
	for range *w.web.Spec.Replicas {
		amount.Add(cpu(w.web.Spec.Template))
	}
	for _, template := range []corev1.PodTemplateSpec{w.worker.Spec.Template, w.migrate, w.cron} {
		amount.Add(cpu(template))
	}
	var all []*corev1.Node
	for _, name := range []string{"node-1", "node-2"} {
		all = append(all, &corev1.Node{
			ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{corev1.LabelHostname: name, corev1.LabelTopologyZone: "zone-1"}},
			Status: corev1.NodeStatus{Allocatable: corev1.ResourceList{
				corev1.ResourceCPU: amount, corev1.ResourceMemory: resource.MustParse("64Gi"), corev1.ResourcePods: resource.MustParse("110"),
				corev1.ResourceEphemeralStorage: resource.MustParse("1Ti"),
			}},
		})
	}
	return all
}

func cpu(template corev1.PodTemplateSpec) resource.Quantity {
	sum := resource.Quantity{}
	for _, container := range template.Spec.Containers {
		sum.Add(container.Resources.Requests[corev1.ResourceCPU])
	}
	return sum
}

// pod is a pod of the model. An empty node means that it is not scheduled; a pod that is
// scheduled runs as soon as the volume is attached to no other node.
type pod struct {
	// of is web, worker, migrate or cron, and version 1 or 2.
	of      string
	version int
	node    string
	running bool
}

// state is a moment of an update from version 1 to version 2.
type state struct {
	pods []pod
	// released says that the release's command has ended, and visited that the run of cron has.
	released, visited bool
	// cordoned says that the first node takes no further pods, and its pods are evicted.
	cordoned bool
}

func (s state) key() string {
	var parts []string
	for _, p := range s.pods {
		parts = append(parts, fmt.Sprint(p))
	}
	slices.Sort(parts)
	return fmt.Sprint(parts, s.released, s.visited, s.cordoned)
}

func (s state) count(of string, version int, running bool) int {
	n := 0
	for _, p := range s.pods {
		if p.of == of && p.version == version && (!running || p.running) {
			n++
		}
	}
	return n
}

func (s state) with(change func(next *state)) state {
	next := s
	next.pods = slices.Clone(s.pods)
	change(&next)
	return next
}

func (s state) add(of string, version int) state {
	return s.with(func(next *state) { next.pods = append(next.pods, pod{of: of, version: version}) })
}

func (s state) without(i int) state {
	return s.with(func(next *state) { next.pods = slices.Delete(next.pods, i, i+1) })
}

// model explores every order of events, and every node that the scheduler may choose.
type model struct {
	t         *testing.T
	workloads workloads
	nodes     []*corev1.Node
	seen      map[string]bool
	// drains lets the first node be drained at any moment.
	drains bool
	// fit are the nodes that were found for a pod, by all that the scheduler knows of.
	fit map[string][]string
	// deadlocks are the states in which nothing can happen and the update has not ended.
	deadlocks []state
	ended     int
}

func (m *model) template(of string) corev1.PodTemplateSpec {
	switch of {
	case "web":
		return m.workloads.web.Spec.Template
	case "worker":
		return m.workloads.worker.Spec.Template
	case "migrate":
		return m.workloads.migrate
	default:
		return m.workloads.cron
	}
}

func (m *model) explore(s state) {
	if m.seen[s.key()] {
		return
	}
	m.seen[s.key()] = true
	if s.released && s.visited && s.cordoned == m.drains && m.isNew(s, "web") && m.isNew(s, "worker") && (!m.drains || isEmpty(s, "node-1")) {
		m.ended++
		return
	}
	next := m.next(s)
	if len(next) == 0 {
		m.deadlocks = append(m.deadlocks, s)
	}
	for _, n := range next {
		m.explore(n)
	}
}

func (m *model) isNew(s state, of string) bool {
	return s.count(of, 1, false) == 0 && s.count(of, 2, true) == m.replicas(of)
}

func (m *model) replicas(of string) int {
	if of == "web" {
		return int(*m.workloads.web.Spec.Replicas)
	}
	return int(*m.workloads.worker.Spec.Replicas)
}

// next are the states that can follow.
func (m *model) next(s state) []state {
	var all []state
	for i, p := range s.pods {
		switch {
		case p.node == "":
			for _, node := range m.feasible(s, p) {
				all = append(all, s.with(func(next *state) { next.pods[i].node = node }))
			}
		case !p.running && !attachedElsewhere(s, p.node):
			all = append(all, s.with(func(next *state) { next.pods[i].running = true }))
		case p.running && p.of == "migrate":
			ended := s.without(i)
			ended.released = true
			all = append(all, ended)
		case p.running && p.of == "cron":
			ended := s.without(i)
			ended.visited = true
			all = append(all, ended)
		}
	}
	if !s.visited && s.count("cron", 1, false) == 0 {
		all = append(all, s.add("cron", 1))
	}
	if m.drains {
		all = append(all, m.drain(s)...)
	}
	if s.released {
		all = append(all, m.rollout(s, "web", m.workloads.web.Spec.Strategy)...)
		all = append(all, m.rollout(s, "worker", m.workloads.worker.Spec.Strategy)...)
	}
	return all
}

// rollout is what the Deployment controller does next: with Recreate it deletes every old pod
// before it creates a new one; with RollingUpdate it creates one more, and deletes an old one
// for each new one that runs.
func (m *model) rollout(s state, of string, strategy appsv1.DeploymentStrategy) []state {
	old, fresh, running := s.count(of, 1, false), s.count(of, 2, false), s.count(of, 2, true)
	first := slices.IndexFunc(s.pods, func(p pod) bool { return p.of == of && p.version == 1 })
	recreate := strategy.Type == appsv1.RecreateDeploymentStrategyType
	switch {
	case recreate && old > 0, !recreate && old > 0 && old+running > m.replicas(of):
		return []state{s.without(first)}
	case fresh < m.replicas(of) && (recreate || old+fresh <= m.replicas(of)):
		return []state{s.add(of, 2)}
	default:
		return nil
	}
}

// attachedElsewhere reports whether a ReadWriteOnce volume is attached to another node: the
// attach-detach controller leaves it there while a pod of that node uses it
// (https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/controller/volume/attachdetach/reconciler/reconciler.go).
func attachedElsewhere(s state, node string) bool {
	return slices.ContainsFunc(s.pods, func(p pod) bool { return p.running && p.node != node })
}

// feasible are the nodes that pass the filters of kube-scheduler.
func (m *model) feasible(s state, wanted pod) []string {
	known := fmt.Sprint(wanted, s.cordoned)
	var places []string
	for _, p := range s.pods {
		if p.node != "" {
			places = append(places, fmt.Sprint(p.of, p.version, p.node))
		}
	}
	slices.Sort(places)
	known += fmt.Sprint(places)
	if _, tried := m.fit[known]; !tried {
		m.fit[known] = m.filter(s, wanted)
	}
	return m.fit[known]
}

func (m *model) filter(s state, wanted pod) []string {
	var assigned []*corev1.Pod
	for i, p := range s.pods {
		if p.node != "" {
			assigned = append(assigned, m.object(p, i))
		}
	}
	available := slices.Clone(m.nodes)
	if s.cordoned {
		available[0] = available[0].DeepCopy()
		available[0].Spec.Unschedulable = true
	}
	snapshot := cache.NewSnapshot(assigned, available)
	ctx := m.t.Context()
	scheduler := newFramework(ctx, m.t, snapshot)
	object, cycle := m.object(wanted, len(s.pods)), framework.NewCycleState()
	_, status, _ := scheduler.RunPreFilterPlugins(ctx, cycle, object)
	if !status.IsSuccess() {
		require.True(m.t, status.IsRejected(), status.Message())
		return nil
	}
	infos, err := snapshot.NodeInfos().List()
	require.NoError(m.t, err)
	var fit []string
	for _, info := range infos {
		if scheduler.RunFilterPlugins(ctx, cycle, object, info).IsSuccess() {
			fit = append(fit, info.Node().Name)
		}
	}
	slices.Sort(fit)
	return fit
}

func (m *model) object(p pod, number int) *corev1.Pod {
	template := m.template(p.of)
	labels := maps.Clone(template.Labels)
	labels[appsv1.DefaultDeploymentUniqueLabelKey] = fmt.Sprint(p.version)
	name := fmt.Sprintf("%s-%d-%d", p.of, p.version, number)
	object := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "blog", UID: types.UID(name), Labels: labels},
		Spec:       *template.Spec.DeepCopy(),
	}
	object.Spec.NodeName = p.node
	// Claims and their volumes are not in the model, but for the rule of attachedElsewhere.
	object.Spec.Volumes = nil
	return object
}

// newFramework has the filters of kube-scheduler that pods without devices depend on.
func newFramework(ctx context.Context, t *testing.T, snapshot *cache.Snapshot) framework.Framework {
	t.Helper()
	enabled := func(names ...string) config.PluginSet {
		var set config.PluginSet
		for _, name := range names {
			set.Enabled = append(set.Enabled, config.Plugin{Name: name})
		}
		return set
	}
	filters := enabled(names.NodeUnschedulable, names.NodeName, names.TaintToleration, names.NodeAffinity, names.NodePorts, names.NodeResourcesFit, names.PodTopologySpread, names.InterPodAffinity)
	profile := &config.KubeSchedulerProfile{SchedulerName: corev1.DefaultSchedulerName, PluginConfig: defaults.PluginConfigsV1, Plugins: &config.Plugins{
		QueueSort: enabled(names.PrioritySort),
		PreFilter: enabled(names.NodeAffinity, names.NodePorts, names.NodeResourcesFit, names.PodTopologySpread, names.InterPodAffinity),
		Filter:    filters,
		Bind:      enabled(names.DefaultBinder),
	}}
	client := fake.NewClientset()
	created, err := runtime.NewFramework(ctx, plugins.NewInTreeRegistry(), profile,
		runtime.WithSnapshotSharedLister(snapshot), runtime.WithClientSet(client), runtime.WithInformerFactory(informers.NewSharedInformerFactory(client, 0)))
	require.NoError(t, err)
	return created
}

// start are the pods of version 1 on the first node, and the release's command of version 2.
func start(w workloads) state {
	var s state
	for range *w.web.Spec.Replicas {
		s.pods = append(s.pods, pod{of: "web", version: 1, node: "node-1", running: true})
	}
	s.pods = append(s.pods, pod{of: "worker", version: 1, node: "node-1", running: true})
	return s.add("migrate", 2)
}

func explore(t *testing.T, w workloads) *model {
	t.Helper()
	return exploreFrom(t, w, start(w), false)
}

func exploreFrom(t *testing.T, w workloads, first state, drains bool) *model {
	t.Helper()
	metrics.Register()
	m := &model{t: t, workloads: w, nodes: nodes(w), seen: map[string]bool{}, drains: drains, fit: map[string][]string{}}
	m.explore(first)
	t.Logf("%d states, %d ends, %d deadlocks", len(m.seen), m.ended, len(m.deadlocks))
	return m
}

func TestPodsThatShareAVolumeNeverWaitForEachOther(t *testing.T) {
	m := explore(t, read(t))
	m.assertEnds()
	for key := range m.seen {
		require.False(t, strings.Contains(key, "node-1") && strings.Contains(key, "node-2"), "pods of one volume on two nodes: %s", key)
	}
}

// The control: the same pods as before, which rolled and ran on any node.
func TestPodsOfAnyNodeWaitForEachOther(t *testing.T) {
	w := read(t)
	rolling(&w)
	anywhere(&w)
	assert.NotEmpty(t, explore(t, w).deadlocks)
}

// Affinity alone is not enough: the node of the old pods has too little CPU left for a surplus one.
func TestPodsThatRollOnOneNodeWaitForItsCPU(t *testing.T) {
	w := read(t)
	rolling(&w)
	// More than the commands of the release and of cron leave when they have ended.
	w.web.Spec.Template.Spec.Containers[0].Resources.Requests[corev1.ResourceCPU] = resource.MustParse("1")
	assert.NotEmpty(t, explore(t, w).deadlocks)
}

func TestPodsThatAreRecreatedOnAnyNodeWaitForEachOther(t *testing.T) {
	w := read(t)
	anywhere(&w)
	assert.NotEmpty(t, explore(t, w).deadlocks)
}

func rolling(w *workloads) {
	w.web.Spec.Strategy.Type = appsv1.RollingUpdateDeploymentStrategyType
	w.worker.Spec.Strategy.Type = appsv1.RollingUpdateDeploymentStrategyType
}

func anywhere(w *workloads) {
	for _, template := range []*corev1.PodTemplateSpec{&w.web.Spec.Template, &w.worker.Spec.Template, &w.migrate, &w.cron} {
		template.Spec.Affinity = nil
	}
}

// assertEnds asserts that whatever happens, everything runs at the end.
func (m *model) assertEnds() {
	m.t.Helper()
	assert.Empty(m.t, m.deadlocks)
	assert.Positive(m.t, m.ended)
}
