package security

import (
	"slices"
	"strings"

	"github.com/djangostack/djangostack/stacks/spec"
)

// numbers puts a cloud's own numbers before those that all clouds share. The benchmarks of EKS and GKE require the same
// of pods under different numbers, and the one of GKE leaves some to the pod security standard of a namespace.
type numbers func(eks, gke []string, others ...string) []string

func numbersOf(cloud spec.Cloud) numbers {
	return func(eks, gke []string, others ...string) []string {
		benchmark, own := "CIS EKS ", eks
		if cloud == spec.GCPCloud {
			benchmark, own = "CIS GKE ", gke
		}
		var all []string
		for _, number := range own {
			all = append(all, benchmark+number)
		}
		return append(all, others...)
	}
}

// pods is about the pods of an environment, on every cloud.
func pods(cloud spec.Cloud) []Line {
	asked := numbersOf(cloud)
	return []Line{
		{
			IDs: asked([]string{"4.2.1", "4.2.5"}, []string{"4.2.1"}), Asks: "Kubernetes refuses pods that are not restricted",
			Of:    []string{"kubernetes:core/v1:Namespace"},
			Needs: []Need{arg(`metadata.labels["pod-security.kubernetes.io/enforce"]`, is("restricted"))},
		},
		{
			IDs: asked([]string{"4.2.1"}, nil, "CKV_K8S_16"), Asks: "No container is privileged",
			Of: []string{Containers}, Needs: []Need{arg("securityContext.privileged", isOff())},
		},
		{
			IDs: asked([]string{"4.2.2", "4.2.3", "4.2.4"}, nil, "CKV_K8S_17", "CKV_K8S_18", "CKV_K8S_19"), Asks: "No pod sees its node's processes, memory or network",
			Of: []string{Pods}, Needs: []Need{arg("hostPID", isOff()), arg("hostIPC", isOff()), arg("hostNetwork", isOff())},
		},
		{
			IDs: asked([]string{"4.2.5"}, nil, "CKV_K8S_20"), Asks: "No process gets more rights than it began with",
			Of: []string{Containers}, Needs: []Need{arg("securityContext.allowPrivilegeEscalation", is(false))},
		},
		{
			IDs: []string{"CKV_K8S_22"}, Asks: "Containers cannot change their own files",
			Of: []string{Containers}, Needs: []Need{arg("securityContext.readOnlyRootFilesystem", is(true))},
		},
		{
			IDs: []string{"CKV_K8S_23"}, Asks: "No container runs as root",
			Of: []string{Pods}, Needs: []Need{arg("securityContext.runAsNonRoot", is(true)), arg("securityContext.runAsUser", isAtLeast(1))},
		},
		{
			IDs: []string{"CKV_K8S_40"}, Asks: "The user's number is high, so that it is no user of the node",
			Of: []string{Pods}, Needs: []Need{arg("securityContext.runAsUser", isAtLeast(10000))},
			NotMet: notMet("1000 is what most images are built for; `app.runAsUser` says another for the app's"),
		},
		{
			IDs: []string{"CKV_K8S_28", "CKV_K8S_37"}, Asks: "Containers have none of root's capabilities",
			Of: []string{Containers}, Needs: []Need{arg("securityContext.capabilities.drop", holdsAll("ALL"))},
		},
		{
			IDs: []string{"CKV_K8S_25", "CKV_K8S_39"}, Asks: "Containers get none of root's capabilities back",
			Of: []string{Containers}, Needs: []Need{arg("securityContext.capabilities.add", isNotGiven([]any{"SYS_ADMIN"}))},
		},
		{
			IDs: asked([]string{"4.5.2"}, []string{"4.6.2", "4.6.3"}, "CKV_K8S_29", "CKV_K8S_31"), Asks: "Pods call only what container runtimes let them call of the kernel",
			Of: []string{Pods}, Needs: []Need{arg("securityContext.seccompProfile.type", is("RuntimeDefault"))},
		},
		{
			IDs: []string{"CKV_K8S_30"}, Asks: "Containers say what they may do",
			Of: []string{Containers}, Needs: []Need{arg("securityContext", isGiven())},
		},
		{
			IDs: []string{"CKV_K8S_26"}, Asks: "No container takes a port of its node",
			Of: []string{Containers}, Needs: []Need{arg("ports", noHostPort())},
		},
		{
			IDs: []string{"CKV_K8S_27"}, Asks: "No pod reads its node's files, the container engine's socket among them",
			Of: []string{Pods}, Needs: []Need{arg("volumes", noHostPath())},
		},
		{
			IDs: asked([]string{"4.1.6"}, []string{"4.1.5"}, "CKV_K8S_38"), Asks: "Pods that do not speak to Kubernetes have no token for it",
			Of: []string{Pods}, Where: ofTheApp(), Needs: []Need{arg("automountServiceAccountToken", is(false))},
		},
		{
			IDs: asked([]string{"4.5.1", "4.5.3"}, []string{"4.6.1", "4.6.4"}, "CKV_K8S_21"), Asks: "An environment has its own namespace",
			Of: []string{Pods}, Needs: []Need{arg("namespace", isGiven()), arg("namespace", isNo("default"))},
		},
		{
			IDs: []string{"CKV_K8S_8", "CKV_K8S_9"}, Asks: "What answers requests is asked whether it is well",
			Of:    []string{Containers},
			Where: &Where{Text: "with ports", holds: func(r Resource) bool { return !empty(r.Inputs["ports"]) }},
			Needs: []Need{arg("livenessProbe", isGiven()), arg("readinessProbe", isGiven())},
		},
		{
			IDs: []string{"CKV_K8S_10", "CKV_K8S_12"}, Asks: "Containers say how much processor and memory they need",
			Of: []string{Containers}, Needs: []Need{arg("resources.requests.cpu", isGiven()), arg("resources.requests.memory", isGiven())},
		},
		{
			IDs: []string{"CKV_K8S_13"}, Asks: "Containers say how much memory they may have",
			Of: []string{Containers}, Needs: []Need{arg("resources.limits.memory", isGiven())},
		},
		{
			IDs: []string{"CKV_K8S_11"}, Asks: "Containers say how much processor they may have",
			Of: []string{Containers}, Needs: []Need{arg("resources.limits.cpu", isGiven())},
			NotMet: notMet("a limit stops a pod while the node idles; requests already share a busy node fairly"),
		},
		{
			IDs: []string{"CKV_K8S_14"}, Asks: "An image has a tag that says which it is",
			Of: []string{Containers}, Needs: []Need{arg("image", fixedTag())},
		},
		{
			IDs: []string{"CKV_K8S_43"}, Asks: "An image is named by its digest",
			Of: []string{Containers}, Needs: []Need{arg("image", that("holds @sha256:", hasDigest, "blog:1.0"))},
			NotMet: notMet("`app.image` takes a digest as well as a tag; these tests name a tag"),
		},
		{
			IDs: []string{"CKV_K8S_15"}, Asks: "Images are pulled for every pod",
			Of: []string{Containers}, Needs: []Need{arg("imagePullPolicy", is("Always"))},
			NotMet: notMet("a tag always names the same image; pods then start without the registry"),
		},
		{
			IDs: asked([]string{"4.4.1"}, []string{"4.4.1"}, "CKV_K8S_35"), Asks: "Secrets come as files, not as variables",
			Of: []string{Containers}, Needs: []Need{arg("envFrom", noSecretRef())},
			NotMet: notMet("Django's settings read variables, and the app's contract names them; only those who may enter a pod can see its variables"),
		},
		{
			IDs: asked([]string{"4.4.2"}, []string{"4.4.2"}), Asks: "Secrets are kept outside of Kubernetes",
			Of: []string{Pods}, Needs: []Need{arg("volumes", fromStore())},
			NotMet: notMet("they are kept in the stack's encrypted state and written as Secrets, which the cluster encrypts with the account's key"),
		},
		{
			IDs: asked([]string{"4.3.2"}, []string{"4.3.2"}, "CKV2_K8S_6"), Asks: "Pods accept only connections that another NetworkPolicy allows",
			Of: []string{Pods}, Where: ofTheApp(), Needs: []Need{isolated{}},
		},
	}
}

// podRights is about the permissions of pods.
func podRights(cloud spec.Cloud) []Line {
	asked := numbersOf(cloud)
	return []Line{
		{
			IDs: asked([]string{"4.1.5"}, []string{"4.1.4"}, "CKV_K8S_41"), Asks: "A service account of an environment gives its pods no token unasked",
			Of: []string{"kubernetes:core/v1:ServiceAccount"}, Where: ofTheApp(),
			Needs: []Need{arg("automountServiceAccountToken", is(false)), arg("metadata.name", isNo("default"))},
		},
	}
}

// ofTheApp excludes the cluster's own controllers.
func ofTheApp() *Where {
	return &Where{Text: "outside of kube-system", holds: func(r Resource) bool {
		return first(r.Inputs, "metadata.namespace", "namespace") != "kube-system"
	}}
}

func noHostPort() Want {
	return that("have no `hostPort`", func(got any) bool {
		return none(got, func(port map[string]any) bool { return port["hostPort"] != nil })
	}, []any{map[string]any{"hostPort": 80.0}})
}

func noHostPath() Want {
	return that("have no `hostPath`", func(got any) bool {
		return none(got, func(volume map[string]any) bool { return volume["hostPath"] != nil })
	}, []any{map[string]any{"hostPath": map[string]any{"path": "/var/run/docker.sock"}}})
}

func noSecretRef() Want {
	return that("has no `secretRef`", func(got any) bool {
		return none(got, func(source map[string]any) bool { return source["secretRef"] != nil })
	}, []any{map[string]any{"secretRef": map[string]any{"name": "env"}}})
}

func fromStore() Want {
	return that("have one of the Secrets Store CSI driver", func(got any) bool {
		return !none(got, func(volume map[string]any) bool { return volume["csi"] != nil })
	}, []any{})
}

// none tells whether no element of a list has a property.
func none(got any, so func(map[string]any) bool) bool {
	list, _ := got.([]any)
	return !slices.ContainsFunc(list, func(each any) bool {
		one, _ := each.(map[string]any)
		return so(one)
	})
}

func fixedTag() Want {
	return that("has a tag, and not latest", func(got any) bool {
		image, _ := got.(string)
		name := image[strings.LastIndex(image, "/")+1:]
		_, tag, tagged := strings.Cut(name, ":")
		return tagged && tag != "" && tag != "latest"
	}, "registry.example.com:5000/blog", "blog:latest", absent{})
}

func hasDigest(got any) bool {
	image, _ := got.(string)
	return strings.Contains(image, "@sha256:")
}
