package command

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"assay/harness/virtual/persona"
	"assay/harness/virtual/phone"
)

// settings is the command settings: get, put, delete, list (from Android 5), by
// namespace (packages/SettingsProvider and cmds/settings).
func settings(_ context.Context, p *phone.Call) int {
	args := p.Argv[1:]
	for len(args) > 1 && args[0] == "--user" {
		args = args[2:]
	}
	if len(args) > 2 && args[1] == "--user" {
		args = append([]string{args[0]}, args[3:]...)
	}
	if len(args) == 0 {
		return settingsUsage(p, "")
	}
	want := map[string]int{"get": 3, "put": 4, "delete": 3, "list": 2}[args[0]]
	switch {
	case want == 0:
		return settingsUsage(p, "Invalid command: "+args[0])
	case len(args) < 2:
		return settingsUsage(p, "Bad arguments")
	case !slices.Contains(persona.Namespaces, args[1]):
		return settingsUsage(p, fmt.Sprintf("Invalid namespace '%s'", args[1]))
	case len(args) < want:
		return settingsUsage(p, "Bad arguments")
	}
	h := p.Handset
	switch args[0] {
	case "list":
		defer h.RLock()()
		table := h.State.Settings[args[1]]
		for _, k := range slices.Sorted(maps.Keys(table)) {
			fmt.Fprintf(p.Stdout, "%s=%s\n", k, table[k])
		}
	case "get":
		defer h.RLock()()
		value, ok := h.State.Settings[args[1]][args[2]]
		if !ok {
			value = "null"
		}
		fmt.Fprintln(p.Stdout, value)
	case "put":
		defer h.Lock()()
		h.State.Settings[args[1]][args[2]] = args[3]
	case "delete":
		defer h.Lock()()
		_, ok := h.State.Settings[args[1]][args[2]]
		delete(h.State.Settings[args[1]], args[2])
		fmt.Fprintf(p.Stdout, "Deleted %d rows\n", phone.Bit(ok))
	}
	return 0
}

func settingsUsage(p *phone.Call, fault string) int {
	if fault != "" {
		fmt.Fprintln(p.Stderr, fault)
	}
	fmt.Fprintln(p.Stderr, "usage:  settings [--user <USER_ID> | current] get namespace key\n"+
		"        settings [--user <USER_ID> | current] put namespace key value\n"+
		"        settings [--user <USER_ID> | current] delete namespace key\n"+
		"        settings [--user <USER_ID> | current] list namespace\n"+
		"\n'namespace' is one of {system, secure, global}, case-insensitive\n"+
		"If '--user <USER_ID> | current' is not given, the operations are performed on the system user.")
	return 1
}
