// Package keyservice serves the part of AWS KMS that a secrets provider of Pulumi uses. A test whose subject is not the
// passphrase encrypts with it: every process of Pulumi derives a key from a passphrase again, with a million rounds of
// PBKDF2, which is a third of the CPU time of a small operation.
package keyservice

import (
	"encoding/binary"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
)

// Key is the name of the key that Provider names.
const Key = "alias/shop"

// Provider is the URL of the secrets provider.
const Provider = "awskms://" + Key + "?region=eu-central-1"

// Service encrypts and decrypts (https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html). A ciphertext is
// the number of a plaintext that the service keeps, so nothing outside the service has a part of it.
type Service struct {
	server *httptest.Server

	mu     sync.Mutex
	hidden [][]byte
	asked  []string
}

// Start starts a service at a free port of 127.0.0.1. It must be closed.
func Start() *Service {
	s := &Service{}
	s.server = httptest.NewServer(s)
	return s
}

// Close ends the service.
func (s *Service) Close() { s.server.Close() }

// Address returns the host and port.
func (s *Service) Address() string { return strings.TrimPrefix(s.server.URL, "http://") }

// Asked returns the keys of the requests to encrypt, in order.
func (s *Service) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// Variables returns the variables of a process of Pulumi that uses the service at an address.
func Variables(address string) map[string]string {
	return map[string]string{
		"AWS_ENDPOINT_URL_KMS": "http://" + address, "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example",
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
	}
}

// ServeHTTP answers Encrypt and Decrypt.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in struct {
		KeyID          string `json:"KeyId"`
		Plaintext      []byte
		CiphertextBlob []byte
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]any{"KeyId": in.KeyID}
	switch r.Header.Get("X-Amz-Target") {
	case "TrentService.Encrypt":
		s.asked = append(s.asked, in.KeyID)
		s.hidden = append(s.hidden, in.Plaintext)
		out["CiphertextBlob"] = binary.BigEndian.AppendUint32(nil, uint32(len(s.hidden)))
	case "TrentService.Decrypt":
		if len(in.CiphertextBlob) != binary.Size(uint32(0)) || int(binary.BigEndian.Uint32(in.CiphertextBlob)) > len(s.hidden) {
			http.Error(w, `{"__type": "InvalidCiphertextException"}`, http.StatusBadRequest)
			return
		}
		out["Plaintext"] = s.hidden[binary.BigEndian.Uint32(in.CiphertextBlob)-1]
	default:
		http.Error(w, `{"__type": "UnknownOperationException"}`, http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	_ = json.NewEncoder(w).Encode(out)
}
