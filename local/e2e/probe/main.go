// Command probe is the only program of the test image. It serves what a pod can see and do.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"syscall"
	"time"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		name, err := os.Hostname()
		answer(w, "hello from "+name, err)
	})
	http.HandleFunc("/lookup", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
		defer cancel()
		addresses, err := net.DefaultResolver.LookupHost(ctx, r.FormValue("name"))
		answer(w, addresses, err)
	})
	http.HandleFunc("/reach", func(w http.ResponseWriter, r *http.Request) {
		conn, err := net.DialTimeout("tcp", r.FormValue("address"), 5*time.Second)
		if err == nil {
			_ = conn.Close()
		}
		answer(w, "reached", err)
	})
	http.HandleFunc("/write", func(w http.ResponseWriter, r *http.Request) {
		err := os.WriteFile("/data/"+r.FormValue("name"), []byte(r.FormValue("content")), 0o600)
		answer(w, "written", err)
	})
	http.HandleFunc("/read", func(w http.ResponseWriter, r *http.Request) {
		content, err := os.ReadFile("/data/" + r.FormValue("name"))
		answer(w, string(content), err)
	})
	http.HandleFunc("/owner", func(w http.ResponseWriter, r *http.Request) {
		var stat syscall.Stat_t
		err := syscall.Stat("/data/"+r.FormValue("name"), &stat)
		answer(w, fmt.Sprintf("%d:%d", stat.Uid, stat.Gid), err)
	})
	log.Print("serving")
	log.Fatal(http.ListenAndServe(":8080", nil))
}

func answer(w http.ResponseWriter, value any, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_ = json.NewEncoder(w).Encode(value)
}
