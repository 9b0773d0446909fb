package kubernetes_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// everything has one object of each kind that an environment uses, with values as people write them.
const everything = `
- kind: core/v1:ServiceAccount
  metadata: {name: web}
  automountServiceAccountToken: false
- kind: core/v1:LimitRange
  metadata: {name: small}
  spec: {limits: [{type: Container, default: {cpu: 1000m, memory: 0.25Gi}, defaultRequest: {cpu: "0.05", memory: 1048576}}]}
- kind: core/v1:ResourceQuota
  metadata: {name: all}
  spec: {hard: {pods: 20, requests.cpu: 4000m, requests.memory: 8192Mi}}
- kind: rbac.authorization.k8s.io/v1:Role
  metadata: {name: reader}
  rules: [{apiGroups: [""], resources: [pods], verbs: [get, list]}]
- kind: rbac.authorization.k8s.io/v1:RoleBinding
  metadata: {name: reader}
  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
  subjects: [{kind: ServiceAccount, name: web, namespace: default}]
- kind: networking.k8s.io/v1:NetworkPolicy
  metadata: {name: closed}
  spec: {podSelector: {}, policyTypes: [Ingress]}
- kind: policy/v1:PodDisruptionBudget
  metadata: {name: web}
  spec: {maxUnavailable: 1, selector: {matchLabels: {app: web}}}
- kind: core/v1:Service
  metadata: {name: web}
  spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: http}]}
- kind: core/v1:Service
  metadata: {name: data}
  spec: {clusterIP: None, selector: {app: data}, ports: [{port: 6379}]}
- kind: core/v1:PersistentVolumeClaim
  metadata: {name: shared}
  spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 0.0625Gi}}}
- kind: networking.k8s.io/v1:Ingress
  metadata: {name: web, annotations: {pulumi.com/skipAwait: "true"}}
  spec: {rules: [{host: blog.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}]}}]}
- kind: autoscaling/v2:HorizontalPodAutoscaler
  metadata: {name: web}
  spec:
    scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: absent}
    minReplicas: 1
    maxReplicas: 2
    metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]
- kind: batch/v1:CronJob
  metadata: {name: nightly}
  spec:
    schedule: "0 3 * * *"
    jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: main, image: IMAGE, command: [sh, -c, "true"]}]}}}}
- kind: batch/v1:Job
  metadata: {name: once}
  spec: {template: {spec: {restartPolicy: Never, containers: [{name: main, image: IMAGE, command: [sh, -c, "true"]}]}}}
- kind: apps/v1:StatefulSet
  metadata: {name: data}
  spec:
    serviceName: data
    selector: {matchLabels: {app: data}}
    template:
      metadata: {labels: {app: data}}
      spec:
        terminationGracePeriodSeconds: 0
        containers:
        - name: main
          image: IMAGE
          command: [sh, -c, sleep 3600]
          resources: {requests: {cpu: "0.01", memory: 16777216}, limits: {memory: 0.125Gi}}
          volumeMounts: [{name: data, mountPath: /data}]
    volumeClaimTemplates:
    - metadata: {name: data}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 0.0625Gi}}}
- kind: apps/v1:Deployment
  metadata: {name: web, labels: {}}
  spec:
    minReadySeconds: 0
    selector: {matchLabels: {app: web}}
    template:
      metadata: {labels: {app: web}, annotations: {}}
      spec:
        hostNetwork: false
        nodeSelector: {}
        terminationGracePeriodSeconds: 0
        volumes: [{name: tmp, emptyDir: {sizeLimit: 0.5Gi}}]
        containers:
        - name: main
          image: IMAGE
          command: [sh, -c, sleep 3600]
          env: [{name: A, value: "1000m"}, {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]
          ports: [{name: http, containerPort: 8000}]
          volumeMounts: [{name: tmp, mountPath: /tmp, readOnly: false}]
- kind: apiextensions.k8s.io/v1:CustomResourceDefinition
  metadata: {name: GROUPthings.example.com}
  spec:
    group: GROUPexample.com
    scope: Namespaced
    names: {kind: Thing, plural: things, singular: thing}
    versions:
    - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x_kubernetes_preserve_unknown_fields: true}}}
`

func TestUnchangedObjectsOfEveryKindHaveNoDiff(t *testing.T) {
	e := newEngine(t)
	e.register = func(r *registrar) error {
		for _, manifest := range manifests(t, e) {
			kind := manifest["kind"].(string)
			delete(manifest, "kind")
			name := manifest["metadata"].(map[string]any)["name"].(string)
			made, err := r.add(kind, kind+"/"+name, asInputs(manifest).(pulumi.Map))
			if err != nil {
				return err
			}
			if kind != "apiextensions.k8s.io/v1:CustomResourceDefinition" {
				continue
			}
			_, err = r.add(e.namespace+".example.com/v1:Thing", "custom", pulumi.Map{
				"metadata": pulumi.Map{"name": pulumi.String("custom")},
				"spec":     pulumi.Map{"size": pulumi.String("1000m")},
			}, pulumi.DependsOn([]pulumi.Resource{made}))
			if err != nil {
				return err
			}
		}
		return nil
	}
	err := e.Preview()
	require.NoError(t, err, e.Output.String())
	e.mustUp(e.register)
	err = e.Up(optup.ExpectNoChanges())
	require.NoError(t, err, e.Output.String())
	require.NoError(t, e.Refresh(optrefresh.ExpectNoChanges()), e.Output.String())
	err = e.Up(optup.ExpectNoChanges())
	require.NoError(t, err, e.Output.String())
	plan, err := e.Plan()
	require.NoError(t, err)
	assert.Len(t, plan, 1, "%v", plan)
}

func manifests(t *testing.T, e *engine) []map[string]any {
	t.Helper()
	var list []map[string]any
	written := strings.NewReplacer("IMAGE", image, "GROUPthings.", "things."+e.namespace+".", "GROUP", e.namespace+".").Replace(everything)
	require.NoError(t, yaml.Unmarshal([]byte(written), &list))
	return list
}

func asInputs(value any) pulumi.Input {
	switch value := value.(type) {
	case map[string]any:
		inputs := pulumi.Map{}
		for key, field := range value {
			inputs[key] = asInputs(field)
		}
		return inputs
	case []any:
		inputs := pulumi.Array{}
		for _, element := range value {
			inputs = append(inputs, asInputs(element))
		}
		return inputs
	case string:
		return pulumi.String(value)
	case bool:
		return pulumi.Bool(value)
	case float64:
		return pulumi.Float64(value)
	}
	return nil
}
