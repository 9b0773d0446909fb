// Command lint checks the Go code of this repository.
//
// It loads only this repository's packages from source. Everything that they
// import comes from the compiler's export data, which the build cache holds for
// the tests anyway. So no check ever reads the sources of the clouds' SDKs.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime/debug"
)

func main() {
	// make sets GOGC for the compiler, which this program starts. It would need 7 GB itself.
	debug.SetGCPercent(100)
	config := flag.String("config", ".lint.yaml", "the rules")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: lint [-config FILE] MODULE_DIRECTORY...")
		flag.PrintDefaults()
	}
	flag.Parse()
	found, err := lintAll(*config, flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "lint:", err)
		os.Exit(2)
	}
	for _, f := range found {
		fmt.Println(f)
	}
	if len(found) > 0 {
		os.Exit(1)
	}
}

// lintAll checks every package of the modules in the directories.
func lintAll(config string, directories []string) ([]finding, error) {
	if len(directories) == 0 {
		return nil, fmt.Errorf("name at least one directory of a Go module")
	}
	rules, err := readRules(config)
	if err != nil {
		return nil, err
	}
	analyzers, err := suite(rules)
	if err != nil {
		return nil, err
	}
	var all []finding
	for _, directory := range directories {
		found, err := lintModule(directory, analyzers, rules)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", directory, err)
		}
		all = append(all, found...)
	}
	return all, nil
}
