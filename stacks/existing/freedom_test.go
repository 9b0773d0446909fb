package existing_test

import (
	"encoding/pem"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/mocks"
)

// generating is an app whose web reads a generated key as variables and as a file.
const generating = smallApp + `, "secrets": [{"name": "keys", "generate": {"TOKEN": {"length": 50}, "jwt.pem": {"kind": "rsaPrivateKey", "bits": 2048}}}],
	"web": {"secretKeyRefs": {"TOKEN": {"name": "keys", "key": "TOKEN"}, "RSA_PRIVATE_KEY": {"name": "keys", "key": "jwt.pem"}},
		"volumes": [{"name": "jwt", "source": "secret", "from": "keys", "subPath": "jwt.pem", "mountPath": "/etc/app/jwt.pem"}]}`

func TestAGeneratedValueReachesAProcessAsAVariableAndAsAFile(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := chosen(t, outputs, generating)
		secret := ran.Find(t, "Secret", "blog-secret-keys")
		assert.Equal(t, mocks.Hidden, secret.Plain()["stringData"])
		web := ran.Find(t, "Deployment", "blog-web")
		name := "[unknown]"
		if outputs == mocks.Known {
			name = "blog-secret-keys-1a2b3c4d"
			block, _ := pem.Decode([]byte(secret.At(t, `stringData["jwt.pem"]`).(string)))
			require.NotNil(t, block)
			key := strings.Split(secret.At(t, `stringData["jwt.pem"]`).(string), "\n")[1]
			for _, object := range ran.Resources {
				if object.Name != secret.Name {
					assert.NotContains(t, fmt.Sprint(object.Inputs), key, "%s %s", object.Type, object.Name)
				}
			}
		}
		environment := fmt.Sprint(web.At(t, first+".env"))
		assert.Contains(t, environment, "name:RSA_PRIVATE_KEY valueFrom:map[secretKeyRef:map[key:jwt.pem name:"+name)
		assert.Contains(t, environment, "name:TOKEN valueFrom:map[secretKeyRef:map[key:TOKEN name:"+name)
		assert.Contains(t, fmt.Sprint(web.At(t, first+".volumeMounts")), "mountPath:/etc/app/jwt.pem")
		assert.NotContains(t, fmt.Sprint(ran.Find(t, "Job", "blog-migrate").At(t, first+".env")), "RSA_PRIVATE_KEY", "no other process has it")
	}
}

func TestAFrontendFindsTheProcessThatItsVariableNames(t *testing.T) {
	ran := chosen(t, mocks.Known, strings.Replace(smallApp, `"name"`, `"env": {"FRONTEND": "$(process:frontend.url)", "HOME_OF": "$(FRONTEND)/home"}, "name"`, 1)+`, "processes": [
		{"name": "api", "command": ["api"], "port": 9000, "servicePort": 80},
		{"name": "frontend", "image": "registry.example.com/frontend:1.0", "appEnvironment": false, "port": 3000, "databaseConnections": 0,
			"env": {"API_URL": "$(process:api.url)/graphql", "API_HOST": "$(process:api.host)", "API_PORT": "$(process:api.port)"},
			"sidecars": [{"name": "proxy", "image": "registry.example.com/proxy:1.0", "env": {"UPSTREAM": "$(process:web.host):$(process:web.port)"}}]}]`)
	service := ran.Find(t, "Service", "blog-process-api")
	host := fmt.Sprintf("%s.%s.svc", service.At(t, "metadata.name"), service.At(t, "metadata.namespace"))
	assert.Equal(t, 80.0, service.At(t, "spec.ports[0].port"))
	frontend := ran.Find(t, "Deployment", "blog-process-frontend")
	assert.Contains(t, fmt.Sprint(frontend.At(t, first+".env")), "[name:API_URL value:http://"+host+":80/graphql]")
	assert.Contains(t, fmt.Sprint(frontend.At(t, first+".env")), "[name:API_HOST value:"+host+"]")
	assert.Contains(t, fmt.Sprint(frontend.At(t, first+".env")), "[name:API_PORT value:80]")
	assert.Contains(t, fmt.Sprint(frontend.At(t, "spec.template.spec")), "[name:UPSTREAM value:blog-web.", "sidecars too")

	settings := ran.Find(t, "ConfigMap", "blog-env")
	assert.Equal(t, "http://blog-process-frontend."+service.At(t, "metadata.namespace").(string)+".svc:3000", settings.At(t, "data.FRONTEND"))
	assert.Contains(t, settings.At(t, "data.DJANGO_ALLOWED_HOSTS"), host)
	assert.Contains(t, fmt.Sprint(ran.Find(t, "Deployment", "blog-web").At(t, first+".env")), "[name:HOME_OF value:$(FRONTEND)/home]")
}

func TestAnAppWithoutAHostAnswersToEveryName(t *testing.T) {
	for controller, kind := range map[string]string{`"ingress": {"ingressClassName": "nginx"}`: "Ingress", `"gateway": {"name": "public"}`: "HTTPRoute"} {
		ran := chosen(t, mocks.Known, smallApp+`, "web": {`+controller+`}, "routes": [{"host": "*"}]`)
		route := ran.Find(t, kind, "blog-web")
		assert.NotContains(t, fmt.Sprint(route.At(t, "spec")), "host", kind)
		assert.Contains(t, strings.Split(ran.Find(t, "ConfigMap", "blog-env").At(t, "data.DJANGO_ALLOWED_HOSTS").(string), ","), "*")
	}
}

// Many apps read an empty variable otherwise than a missing one.
func TestAVariableOfTheAppMayBeEmpty(t *testing.T) {
	ran := chosen(t, mocks.Known, strings.Replace(smallApp, `"name"`, `"env": {"SENTRY_DSN": ""}, "name"`, 1)+`, "web": {"env": {"PREFIX": ""}}`)
	data, _ := ran.Find(t, "ConfigMap", "blog-env").At(t, "data").(map[string]any)
	assert.Contains(t, data, "SENTRY_DSN")
	assert.Empty(t, data["SENTRY_DSN"])
	assert.Contains(t, ran.Find(t, "Deployment", "blog-web").At(t, first+".env"), map[string]any{"name": "PREFIX", "value": ""})
}

// OpenShift gives each namespace a range of numbers far above the 65535 of most machines.
func TestAUserMayHaveALargeNumber(t *testing.T) {
	ran := chosen(t, mocks.Known, strings.Replace(smallApp, `"name"`, `"runAsUser": 1000650000, "name"`, 1))
	for _, kind := range []string{"Deployment blog-web", "Job blog-migrate"} {
		kind, name, _ := strings.Cut(kind, " ")
		assert.Equal(t, 1000650000.0, ran.Find(t, kind, name).At(t, "spec.template.spec.securityContext.runAsUser"), name)
	}
}

// The pods have volumes of the program too, which are named after what they hold.
func TestAVolumeMayHaveTheNameOfOneOfTheProgram(t *testing.T) {
	ran := chosen(t, mocks.Known, smallApp+`, "volumes": [{"name": "gunicorn", "size": "1Gi"}, {"name": "tmp", "size": "1Gi"}],
		"web": {"replicas": 1, "volumes": [{"name": "gunicorn", "source": "volume", "from": "gunicorn", "mountPath": "/data"}, {"name": "tmp", "source": "volume", "from": "tmp", "mountPath": "/uploads"}]}`)
	web := ran.Find(t, "Deployment", "blog-web")
	claims, mounted := map[any]string{}, map[any]string{}
	for _, volume := range web.At(t, "spec.template.spec.volumes").([]any) {
		volume := volume.(map[string]any)
		assert.NotContains(t, claims, volume["name"], "two volumes have one name")
		claims[volume["name"]] = ""
		if claim, is := volume["persistentVolumeClaim"].(map[string]any); is {
			claims[volume["name"]] = claim["claimName"].(string)
		}
	}
	for _, mount := range web.At(t, first+".volumeMounts").([]any) {
		mount := mount.(map[string]any)
		mounted[mount["mountPath"]] = claims[mount["name"]]
	}
	assert.Contains(t, mounted["/data"], "blog-volume-gunicorn")
	assert.Contains(t, mounted["/uploads"], "blog-volume-tmp")
	assert.Empty(t, mounted["/tmp"], "the scratch space of the program")
}

// A command gets no arguments of the program unless the app asks for them.
func TestThreadsReachACommandThatAsksForThem(t *testing.T) {
	const command = `, "web": {"command": ["gunicorn", "blog.wsgi"]`
	web := chosen(t, mocks.Known, smallApp+command+`}`).Find(t, "Deployment", "blog-web")
	assert.NotContains(t, fmt.Sprint(web.At(t, first+".env")), "--threads")
	asks := strings.Replace(smallApp, `"name"`, `"bindings": {"GUNICORN_CMD_ARGS": "server.gunicornArgs"}, "name"`, 1)
	web = chosen(t, mocks.Known, asks+command+`, "threads": 3}`).Find(t, "Deployment", "blog-web")
	assert.Contains(t, fmt.Sprint(web.At(t, first+".env")), "--threads=3")
}
