// Package keyservice serves the part of AWS KMS that a secrets provider of Pulumi uses, for rehearsals and for tests whose
// subject is not the passphrase: every process of Pulumi derives a key from a passphrase again, with a million rounds of
// PBKDF2, which is a third of the CPU time of a small operation. It protects nothing: it keeps the plaintexts in memory.
package keyservice

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"sync"
)

// Key is the name of the key that Provider names.
const Key = "alias/shop"

// Provider is the URL of the secrets provider.
const Provider = "awskms://" + Key + "?region=eu-central-1"

// Service encrypts and decrypts (https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html). A ciphertext is
// the number of a plaintext that the service keeps, so nothing outside the service has a part of it.
type Service struct {
	server   http.Server
	listener net.Listener

	mu     sync.Mutex
	hidden [][]byte
	asked  []string
}

// Start starts a service at a free port of 127.0.0.1. It must be closed. The error is of the port.
func Start() (*Service, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("starting a key service: %w", err)
	}
	s := &Service{listener: listener}
	s.server.Handler = s
	go func() { _ = s.server.Serve(listener) }()
	return s, nil
}

// Close ends the service and its connections.
func (s *Service) Close() error { return s.server.Close() }

// Address returns the host and port.
func (s *Service) Address() string { return s.listener.Addr().String() }

// Asked returns the keys of the requests to encrypt, in order.
func (s *Service) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// Variables returns the variables of a process of Pulumi that uses the service at an address. They also take back what a
// user's own variables could say about AWS (https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html).
func Variables(address string) map[string]string {
	return map[string]string{
		"AWS_ENDPOINT_URL_KMS": "http://" + address, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
		"AWS_USE_FIPS_ENDPOINT": "false", "AWS_USE_DUALSTACK_ENDPOINT": "false",
		"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example", "AWS_SESSION_TOKEN": "",
		"AWS_PROFILE": "", "AWS_DEFAULT_PROFILE": "", "AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
		"AWS_EC2_METADATA_DISABLED": "true",
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
