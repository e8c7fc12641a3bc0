package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"assay/harness/farm"
	"assay/harness/strict"
)

// filter reads --brand, --model and --serial. Each word must be some handset's: one
// that is misspelt would take its handsets out of the run in silence.
func (a *app) filter(inv farm.Inventory) (farm.Filter, error) {
	f := farm.Filter{Brands: a.list("brand"), Models: a.list("model"), Serials: a.list("serial")}
	if len(inv.Devices) == 0 {
		return f, nil // that is told, and no flag blamed
	}
	var problems []error
	for _, part := range []struct {
		flag         string
		wanted, have []string
	}{{"brand", f.Brands, brandsIn(inv)}, {"model", f.Models, modelsIn(inv)}, {"serial", f.Serials, serialsIn(inv)}} {
		for _, word := range part.wanted {
			if !slices.ContainsFunc(part.have, func(h string) bool { return strings.EqualFold(h, word) }) {
				problems = append(problems, fmt.Errorf("no handset of %s matches %s %q%s; there are: %s",
					a.set.GetString("devices"), a.named(part.flag), word, strict.Meant(word, part.have), someOf(part.have)))
			}
		}
	}
	if len(problems) > 0 {
		return f, &status{exitNothing, errors.Join(problems...)}
	}
	return f, nil
}

func brandsIn(inv farm.Inventory) []string {
	return eachOnce(inv, func(e farm.Entry) string { return e.Brand })
}

func modelsIn(inv farm.Inventory) []string {
	return eachOnce(inv, func(e farm.Entry) string { return e.Model })
}

func serialsIn(inv farm.Inventory) []string {
	return eachOnce(inv, func(e farm.Entry) string { return cmp.Or(string(e.Serial), e.Connect) })
}

// eachOnce gives what the handsets of an inventory have, sorted, in one case each.
func eachOnce(inv farm.Inventory, of func(farm.Entry) string) []string {
	var all []string
	for _, e := range inv.Devices {
		if w := of(e); w != "" {
			all = append(all, w)
		}
	}
	slices.SortFunc(all, func(x, y string) int {
		return cmp.Or(cmp.Compare(strings.ToLower(x), strings.ToLower(y)), cmp.Compare(x, y))
	})
	return slices.CompactFunc(all, strings.EqualFold)
}

// mostNamed is how many words an error lists.
const mostNamed = 40

func someOf(words []string) string {
	if len(words) == 0 {
		return "none"
	}
	if more := len(words) - mostNamed; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(words[:mostNamed], ", "), more)
	}
	return strings.Join(words, ", ")
}
