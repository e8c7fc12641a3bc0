package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/olekukonko/tablewriter"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"assay/harness/adb"
	"assay/harness/farm"
	"assay/harness/strict"
)

func (a *app) quarantineCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "quarantine",
		Short: "List handsets that are out of use, put one there, or let one go",
		Long: `A handset in quarantine is not leased until the time is over or somebody lifts
it. Assay puts one there itself when the recovery ladder has failed, or when it
boots again and again; the ticket says what was tried. A handset is named by its
serial, or by serial@usb:port where devices.yaml gives the port.`,
	}
	stateFlag(c.PersistentFlags())
	c.PersistentFlags().String("devices", "devices.yaml", "the farm's inventory")
	list := &cobra.Command{
		Use: "list", Short: "List the handsets in quarantine, with reason, end and evidence", Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return a.quarantineList(time.Now()) },
	}
	list.Flags().Bool("json", false, "JSON, with the tickets")
	add := &cobra.Command{
		Use: "add SERIAL", Short: "Put a handset into quarantine", Args: serials(1),
		Example: `  assay quarantine add VRTASUS0001 --reason "swollen battery" --for 72h`,
		RunE:    func(_ *cobra.Command, args []string) error { return a.quarantineAdd(args[0], time.Now()) },
	}
	add.Flags().String("reason", "", "why; required")
	add.Flags().Duration("for", 0, "how long, such as 24h (0: until it is lifted)")
	add.Flags().String("evidence", "", "a path that shows why")
	lift := &cobra.Command{
		Use: "lift SERIAL...", Short: "Let handsets be used again", Args: serials(0),
		RunE: func(_ *cobra.Command, args []string) error { return a.quarantineLift(args) },
	}
	c.AddCommand(add, lift, list)
	return c
}

func stateFlag(f *pflag.FlagSet) {
	f.String(
		"state",
		"",
		"folder of what outlasts a run: the quarantine, and what is leased (default: $XDG_STATE_HOME/assay, else ~/.local/state/assay)",
	)
}

// quarantine is the farm's, where this host keeps it.
func (a *app) quarantine() *farm.Store { return farm.OpenStore(a.stateDir()) }

// stateDir is the folder of what outlasts a run.
func (a *app) stateDir() string {
	if dir := a.set.GetString("state"); dir != "" {
		return dir
	}
	return defaultState()
}

// defaultState is the folder that the XDG base directories name for state.
func defaultState() string {
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "assay")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		home = os.TempDir() // no home: a service's account
	}
	return filepath.Join(home, ".local", "state", "assay")
}

// sentenceRow is one sentence in the JSON form.
type sentenceRow struct {
	farm.Sentence
	Holds bool `json:"holds"`
}

func (a *app) quarantineList(now time.Time) error {
	all, err := a.quarantine().List()
	if err != nil {
		return &status{exitInfra, err}
	}
	if a.set.GetBool("json") {
		rows := make([]sentenceRow, 0, len(all))
		for _, s := range all {
			rows = append(rows, sentenceRow{s, s.Holds(now)})
		}
		return json.NewEncoder(newJSONScreen(a.raw.out)).Encode(rows)
	}
	if len(all) == 0 {
		_, err := fmt.Fprintln(a.out, "no handset is in quarantine")
		return err
	}
	t := tablewriter.NewWriter(a.out)
	t.Header("Serial", "Reason", "Since", "Until", "By", "Evidence")
	for _, s := range all {
		if err := t.Append(cells(s.Key, s.Reason, minute(s.Since), until(s, now), s.By, s.Evidence)...); err != nil {
			return err
		}
	}
	return t.Render()
}

func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04Z") }

func until(s farm.Sentence, now time.Time) string {
	switch {
	case s.Until.IsZero():
		return "lifted"
	case !s.Holds(now):
		return "over since " + minute(s.Until)
	}
	return minute(s.Until)
}

func (a *app) quarantineAdd(name string, now time.Time) error {
	reason, span := a.set.GetString("reason"), a.set.GetDuration("for")
	if reason == "" {
		return usage(errors.New("--reason: say why, for whoever finds the handset out of use"))
	}
	key, err := a.entryKey(name)
	if err != nil {
		return err
	}
	s := farm.Sentence{Key: key, Reason: reason, Since: now.UTC().Truncate(time.Second), Evidence: a.set.GetString("evidence"), By: whoami()}
	if span > 0 {
		s.Until = s.Since.Add(span)
	}
	if err := a.quarantine().Add(s); err != nil {
		return &status{exitInfra, err}
	}
	a.line("%s is in quarantine until %s", key, until(s, now))
	return nil
}

// entryKey finds the handset that is meant in the inventory.
func (a *app) entryKey(name string) (string, error) {
	inv, err := readInventory(a.set.GetString("devices"))
	if err != nil {
		return "", usage(err)
	}
	if at := strings.LastIndexByte(name, '@'); at >= 0 {
		name = name[:at+1] + adb.Port(name[at+1:])
	}
	var known, found []string
	for _, e := range inv.Devices {
		known = append(known, e.Key())
		if e.Key() == name || string(e.Serial) == name || e.Connect == name && name != "" {
			found = append(found, e.Key())
		}
	}
	switch {
	case slices.Contains(found, name):
		return name, nil
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return "", usage(fmt.Errorf("several handsets have serial %s; name one: %v", name, found))
	}
	return "", &status{exitNothing, fmt.Errorf("no handset %q in %s%s", name, inv.FileName(), strict.Meant(name, known))}
}

func (a *app) quarantineLift(names []string) error {
	store := a.quarantine()
	for _, name := range names {
		key := name
		if resolved, err := a.entryKey(name); err == nil {
			key = resolved
		}
		lifted, err := store.Lift(key)
		if err != nil {
			return &status{exitInfra, err}
		}
		if !lifted {
			return &status{exitNothing, fmt.Errorf("%s is not in quarantine", name)}
		}
		a.line("%s may be used again", key)
	}
	return nil
}

// whoami is the person at the keyboard, for the quarantine's list.
func whoami() string {
	u, err := user.Current()
	if err != nil {
		return "somebody"
	}
	return u.Username
}
