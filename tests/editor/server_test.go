package editor_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/textproto"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/testenv"
)

// server is a running language server
// (https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/).
type server struct {
	t      *testing.T
	input  io.WriteCloser
	stderr *bytes.Buffer

	writing sync.Mutex
	next    int
	// answers are the results of the requests, by their numbers.
	answers chan message
	// found are the diagnostics that the server publishes.
	found chan published
}

type message struct {
	Version string          `json:"jsonrpc"`
	ID      *int            `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

type published struct {
	URI         string       `json:"uri"`
	Diagnostics []diagnostic `json:"diagnostics"`
}

type diagnostic struct {
	Message string `json:"message"`
	Range   struct {
		Start position `json:"start"`
	} `json:"range"`
}

// position counts lines and characters from 0.
type position struct {
	Line      int `json:"line"`
	Character int `json:"character"`
}

// patience is how long a server may take to answer; it starts in a few seconds.
const patience = time.Minute

func start(t *testing.T) *server {
	t.Helper()
	command := exec.CommandContext(t.Context(), testenv.NeedsNode(t), installed(t), "--stdio")
	s := &server{t: t, stderr: &bytes.Buffer{}, answers: make(chan message, 16), found: make(chan published, 16)}
	command.Stderr = s.stderr
	var err error
	s.input, err = command.StdinPipe()
	require.NoError(t, err)
	output, err := command.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.read(bufio.NewReader(output))
	}()
	t.Cleanup(func() {
		_ = command.Process.Kill()
		<-ended
		_ = command.Wait()
	})
	s.request("initialize", map[string]any{"processId": nil, "rootUri": nil, "capabilities": map[string]any{
		"workspace":    map[string]any{"configuration": true},
		"textDocument": map[string]any{"completion": map[string]any{}, "publishDiagnostics": map[string]any{}},
	}}, nil)
	s.notify("initialized", map[string]any{})
	s.notify("workspace/didChangeConfiguration", map[string]any{"settings": map[string]any{"yaml": settings()}})
	return s
}

// settings keep the server from asking the internet for schemas.
func settings() map[string]any {
	return map[string]any{"validate": true, "completion": true, "hover": true, "schemaStore": map[string]any{"enable": false}}
}

// read hands on what the server writes until it ends.
func (s *server) read(output *bufio.Reader) {
	for {
		header, err := textproto.NewReader(output).ReadMIMEHeader()
		if err != nil {
			return
		}
		length, err := strconv.Atoi(header.Get("Content-Length"))
		if err != nil {
			return
		}
		body := make([]byte, length)
		if _, err := io.ReadFull(output, body); err != nil {
			return
		}
		var received message
		if err := json.Unmarshal(body, &received); err != nil {
			return
		}
		s.handle(received)
	}
}

func (s *server) handle(received message) {
	switch {
	case received.Method == "textDocument/publishDiagnostics":
		var found published
		if json.Unmarshal(received.Params, &found) == nil {
			s.found <- found
		}
	case received.Method != "" && received.ID != nil:
		result, _ := json.Marshal(configuration(received))
		s.send(message{ID: received.ID, Result: result})
	case received.Method == "":
		s.answers <- received
	}
}

// configuration answers the server's own requests: it asks for settings by section.
func configuration(received message) any {
	if received.Method != "workspace/configuration" {
		return nil
	}
	var asked struct {
		Items []struct {
			Section string `json:"section"`
		} `json:"items"`
	}
	_ = json.Unmarshal(received.Params, &asked)
	answer := make([]any, len(asked.Items))
	for i, item := range asked.Items {
		answer[i] = map[string]any{}
		if item.Section == "yaml" {
			answer[i] = settings()
		}
	}
	return answer
}

func (s *server) send(sent message) {
	sent.Version = "2.0"
	body, err := json.Marshal(sent)
	if err != nil {
		return
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	_, _ = fmt.Fprintf(s.input, "Content-Length: %d\r\n\r\n%s", len(body), body)
}

func (s *server) notify(method string, params any) {
	s.t.Helper()
	raw, err := json.Marshal(params)
	require.NoError(s.t, err)
	s.send(message{Method: method, Params: raw})
}

func (s *server) request(method string, params, result any) {
	s.t.Helper()
	raw, err := json.Marshal(params)
	require.NoError(s.t, err)
	s.next++
	id := s.next
	s.send(message{ID: &id, Method: method, Params: raw})
	select {
	case answer := <-s.answers:
		require.Nil(s.t, answer.Error, method)
		require.Equal(s.t, id, *answer.ID)
		if result != nil {
			require.NoError(s.t, json.Unmarshal(answer.Result, result))
		}
	case <-time.After(patience):
		require.Fail(s.t, "the server does not answer", "%s: %s", method, s.stderr)
	}
}

// open shows the server a file, and returns what it finds wrong in it.
func (s *server) open(uri, text string) []diagnostic {
	s.t.Helper()
	s.notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{"uri": uri, "languageId": "yaml", "version": 1, "text": text}})
	for {
		select {
		case found := <-s.found:
			if found.URI == uri {
				return found.Diagnostics
			}
		case <-time.After(patience):
			require.Fail(s.t, "the server says nothing about the file", "%s: %s", uri, s.stderr)
		}
	}
}

// completions are the labels that the server offers at a position.
func (s *server) completions(uri string, at position) []string {
	s.t.Helper()
	var offered struct {
		Items []struct {
			Label string `json:"label"`
		} `json:"items"`
	}
	s.request("textDocument/completion", map[string]any{"textDocument": map[string]any{"uri": uri}, "position": at}, &offered)
	labels := make([]string, 0, len(offered.Items))
	for _, item := range offered.Items {
		labels = append(labels, item.Label)
	}
	return labels
}

// hover is what the server says of the word at a position.
func (s *server) hover(uri string, at position) string {
	s.t.Helper()
	var said struct {
		Contents struct {
			Value string `json:"value"`
		} `json:"contents"`
	}
	s.request("textDocument/hover", map[string]any{"textDocument": map[string]any{"uri": uri}, "position": at}, &said)
	return said.Contents.Value
}
