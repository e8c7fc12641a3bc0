package command

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"assay/harness/virtual/persona"
	"assay/harness/virtual/phone"
)

// query is what content query asks for.
type query struct {
	uri, where string
	columns    []string // of --projection; empty: all
}

// content is the command content, for content query --uri content://… (cmds/content):
// one line a row. Of providers there are the settings and the SIMs.
func content(_ context.Context, p *phone.Call) int {
	args := p.Argv[1:]
	if len(args) == 0 || args[0] != "query" {
		fmt.Fprintln(p.Stderr, "usage: adb shell content [subcommand] [options]")
		return 1
	}
	var q query
	for i := 1; i+1 < len(args); i += 2 {
		switch args[i] {
		case "--uri":
			q.uri = args[i+1]
		case "--where":
			q.where = args[i+1]
		case "--projection":
			q.columns = strings.Split(args[i+1], ":")
		case "--user", "--sort": // settings of system users are the same here
		default:
			fmt.Fprintf(p.Stderr, "[ERROR] Unsupported argument: %s\n", args[i])
			return 1
		}
	}
	authority, rest, _ := strings.Cut(strings.TrimPrefix(q.uri, "content://"), "/")
	defer p.Handset.RLock()()
	switch ns, key, _ := strings.Cut(rest, "/"); {
	case authority == "settings" && slices.Contains(persona.Namespaces, ns):
		q.print(p, settingRows(p.Handset, ns, key, q.where))
	case authority == "telephony" && ns == "siminfo":
		q.print(p, simRows(p.Handset))
	default:
		fmt.Fprintf(p.Stderr, "Error while accessing provider:%s\njava.lang.IllegalStateException: Could not find "+
			"provider: %s\n", authority, authority)
	}
	return 0 // as Content.java does
}

// providerRow is one row of a provider's answer: pairs of column and value.
type providerRow [][2]string

func settingRows(h *phone.Handset, ns, key, where string) []providerRow {
	if name, ok := strings.CutPrefix(where, "name="); ok {
		key = strings.Trim(name, `'"`)
	}
	var rows []providerRow
	table := h.State.Settings[ns]
	for i, k := range slices.Sorted(maps.Keys(table)) {
		if key == "" || k == key {
			rows = append(rows, providerRow{{"_id", strconv.Itoa(i + 1)}, {"name", k}, {"value", table[k]}})
		}
	}
	return rows
}

// simRows are the SIMs that the handset has seen (TelephonyProvider's siminfo,
// from Android 5.1), in part.
func simRows(h *phone.Handset) []providerRow {
	id := h.Persona().Identity
	icc := id.SIMSerial()
	if icc == "" {
		return nil
	}
	carrier := h.State.Properties["gsm.sim.operator.alpha"]
	return []providerRow{{
		{"_id", "1"}, {"icc_id", icc}, {"sim_id", "0"}, {"display_name", carrier}, {"carrier_name", carrier}, {"name_source", "0"},
		{"color", "-16746133"}, {"number", id.Number}, {"display_number_format", "1"}, {"data_roaming", "0"},
		{"mcc", id.IMSI[:3]}, {"mnc", strings.TrimLeft(id.IMSI[3:5], "0")},
	}}
}

// print writes the rows, or what SQLite says of a column that is not there.
func (q query) print(p *phone.Call, rows []providerRow) {
	if len(rows) == 0 {
		fmt.Fprintln(p.Stdout, "No result found.")
		return
	}
	for n, r := range rows {
		cells := r
		if len(q.columns) > 0 {
			cells = nil
		}
		for _, c := range q.columns {
			i := slices.IndexFunc(r, func(pair [2]string) bool { return pair[0] == c })
			if i < 0 {
				authority, _, _ := strings.Cut(strings.TrimPrefix(q.uri, "content://"), "/")
				fmt.Fprintf(p.Stderr, "Error while accessing provider:%s\nandroid.database.sqlite.SQLiteException: no such column: %s "+
					"(code 1)\n", authority, c)
				return
			}
			cells = append(cells, r[i])
		}
		words := make([]string, len(cells))
		for i, pair := range cells {
			words[i] = pair[0] + "=" + pair[1]
		}
		fmt.Fprintf(p.Stdout, "Row: %d %s\n", n, strings.Join(words, ", "))
	}
}
