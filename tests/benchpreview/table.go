package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"github.com/djangostack/djangostack/stacks/spec"
)

// show writes the medians, and the time for each additional item. Ratios and differences compare previews of the same
// turn.
func show(w io.Writer, all []measured, cloud spec.Cloud, runs int) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	rows := fmt.Sprintf("preview on %s, medians of %d\tresources\tseconds\ttimes the empty program\n", cloud, runs)
	empty := all[0]
	for _, each := range all {
		rows += fmt.Sprintf("%s\t%d\t%.2f\t%.2f\n", each.name, each.resources, median(each.seconds), median(each.beside(empty, ratio)))
	}
	if _, err := io.WriteString(table, rows); err != nil {
		return fmt.Errorf("writing the table: %w", err)
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("writing the table: %w", err)
	}
	for _, first := range firsts(all) {
		last := lastOf(all, first.grows)
		more := float64(last.many - first.many)
		const milli = 1000
		_, err := fmt.Fprintf(w, "each further %s: %.1f ms and %.1f resources (from %d to %d)\n", first.grows,
			median(last.beside(first, difference))*milli/more, float64(last.resources-first.resources)/more, first.many, last.many)
		if err != nil {
			return fmt.Errorf("writing the table: %w", err)
		}
	}
	return nil
}

// firsts returns the subjects with the fewest of each thing.
func firsts(all []measured) []measured {
	var found []measured
	for _, each := range all {
		known := slices.ContainsFunc(found, func(first measured) bool { return first.grows == each.grows })
		if each.grows != "" && !known {
			found = append(found, each)
		}
	}
	return found
}

// lastOf returns the subject with the most of a thing.
func lastOf(all []measured, grows string) measured {
	var last measured
	for _, each := range all {
		if each.grows == grows {
			last = each
		}
	}
	return last
}

// beside compares with another subject, turn by turn.
func (m measured) beside(other measured, compare func(mine, others float64) float64) []float64 {
	compared := make([]float64, len(m.seconds))
	for turn := range m.seconds {
		compared[turn] = compare(m.seconds[turn], other.seconds[turn])
	}
	return compared
}

func ratio(mine, others float64) float64      { return mine / others }
func difference(mine, others float64) float64 { return mine - others }

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
