package kubernetes_test

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/tests/mocks"
)

func generated(change func(*kubernetes.GeneratedArgs)) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		args := &kubernetes.GeneratedArgs{
			Secret: "keys", Key: "jwt.pem", Kind: kubernetes.GeneratedRSAKey, Bits: 2048,
			Data: data.Held{
				Parts: []data.Part{data.Secrets}, Loss: "the key", Protected: true,
				Immutable: map[string]string{"secrets[name=keys].generate.jwt.pem.bits": "2048"},
			},
		}
		change(args)
		value, err := kubernetes.NewGenerated(ctx, "blog", args)
		if err != nil {
			return err
		}
		objects := &kubernetes.ObjectsArgs{
			Namespace: pulumi.String("blog-dev"), Labels: labels.Labels{labels.NameLabel: "blog", labels.InstanceLabel: "blog"},
			Secrets: []kubernetes.SecretObject{{Name: "keys", Type: "Opaque", Entries: map[string]string{"GIVEN": "x"}, Generated: map[string]pulumi.StringOutput{"jwt.pem": value.Value}}},
		}
		_, err = kubernetes.NewObjects(ctx, "blog", objects)
		return err
	}
}

func TestAGeneratedKeyIsProtectedAndSecret(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, generated(func(*kubernetes.GeneratedArgs) {}))
		assert.True(t, ran.Find(t, "RandomPassword", "blog-generated-keys.jwt.pem").Protect)
		assert.True(t, ran.Find(t, "RandomId", "blog-generated-keys.jwt.pem-immutable").Protect)
		secret := ran.Find(t, "Secret", "blog-secret-keys")
		assert.Equal(t, mocks.Hidden, secret.Plain()["stringData"])
		if outputs == mocks.Unknown {
			continue
		}
		assert.Equal(t, "x", secret.At(t, "stringData.GIVEN"))
		block, _ := pem.Decode([]byte(secret.At(t, `stringData["jwt.pem"]`).(string)))
		require.NotNil(t, block)
		key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		require.NoError(t, err)
		assert.Equal(t, 2048, key.(*rsa.PrivateKey).N.BitLen())
	}
}

func TestAGeneratedTextHasItsLengthAndAlphabet(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, generated(func(args *kubernetes.GeneratedArgs) {
		args.Kind, args.Length, args.Alphabet = kubernetes.GeneratedText, 40, "abcdef0123456789"
		args.Keepers = map[string]string{"generation": "2"}
	}))
	inputs := ran.Find(t, "RandomPassword", "blog-generated-keys.jwt.pem")
	assert.Equal(t, 40.0, inputs.At(t, "length"))
	assert.Equal(t, "abcdef0123456789", inputs.At(t, "overrideSpecial"))
	assert.Equal(t, "2", inputs.At(t, "keepers.generation"))
	for _, class := range []string{"lower", "upper", "numeric"} {
		assert.Equal(t, false, inputs.At(t, class), "only characters of the alphabet")
	}
}

func TestAFernetKeyFollowsFromItsSeed(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, generated(func(args *kubernetes.GeneratedArgs) { args.Kind = kubernetes.GeneratedFernetKey }))
	assert.Len(t, ran.Find(t, "Secret", "blog-secret-keys").At(t, `stringData["jwt.pem"]`), 44)
}

func TestAGeneratedValueNeedsWhatItsKindNeeds(t *testing.T) {
	for missing, change := range map[string]func(*kubernetes.GeneratedArgs){
		"Kind":     func(args *kubernetes.GeneratedArgs) { args.Kind = "certificate" },
		"Bits":     func(args *kubernetes.GeneratedArgs) { args.Bits = 0 },
		"Length":   func(args *kubernetes.GeneratedArgs) { args.Kind, args.Alphabet = kubernetes.GeneratedText, "ab" },
		"Alphabet": func(args *kubernetes.GeneratedArgs) { args.Kind, args.Length = kubernetes.GeneratedText, 64 },
		"Secret":   func(args *kubernetes.GeneratedArgs) { args.Secret = "" },
		"Key":      func(args *kubernetes.GeneratedArgs) { args.Key = "" },
	} {
		mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error {
			assert.ErrorContains(t, generated(change)(ctx), missing)
			return nil
		})
	}
}
