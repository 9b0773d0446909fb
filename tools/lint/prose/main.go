// Command prose checks the words of this repository: comments, Markdown pages and
// the messages in Go's string literals. words.yaml lists the words to avoid.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	words := flag.String("words", "words.yaml", "the words to avoid")
	flag.Parse()
	found, err := checkFiles(*words, flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "prose:", err)
		os.Exit(2)
	}
	for _, f := range found {
		fmt.Println(f)
	}
	if len(found) > 0 {
		fmt.Fprintf(os.Stderr, "prose: %d places; %s gives the reasons\n", len(found), *words)
		os.Exit(1)
	}
}
