package farm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// Power is the command of devices.yaml that power-cycles a handset's port, such
// as "uhubctl -l {hub} -p {port} -a cycle". It is split at blanks and run
// without a shell. In its words {serial} stands for the handset's serial, {usb}
// for its USB path (1-4.2), {hub} for the hub (1-4, or the entry's hub), {port}
// for the port on it (2) and {server} for its adb server (127.0.0.1:5037).
type Power string

var powerWords = []string{"{hub}", "{port}", "{serial}", "{usb}", "{server}"}

// check finds what is wrong with a command before it is needed.
func (p Power) check() error {
	words := strings.Fields(string(p))
	for i, w := range words {
		bare := w
		for _, known := range powerWords {
			bare = strings.ReplaceAll(bare, known, "")
		}
		switch {
		case i == 0 && bare != w:
			return errors.New("the program's own name may not hold a placeholder")
		case strings.ContainsAny(bare, "{}"):
			return fmt.Errorf("unknown placeholder in %q; there are %s", w, strings.Join(powerWords, ", "))
		case strings.ContainsAny(w, "\"'`|;&<>$"):
			return fmt.Errorf("%q: the command is run without a shell; put what needs one into a script", w)
		}
	}
	return nil
}

// argv gives the command for one handset. It errs where a placeholder stands for
// nothing that is known.
func (p Power) argv(e Entry, path string) ([]string, error) {
	hub, port := splitPort(path)
	if e.Hub != "" {
		hub = e.Hub
	}
	values := map[string]string{
		"{serial}": string(e.serial()), "{usb}": strings.TrimPrefix(path, "usb:"),
		"{hub}": strings.TrimPrefix(hub, "usb:"), "{port}": port, "{server}": e.Server,
	}
	var pairs []string
	for _, word := range powerWords {
		if values[word] == "" && strings.Contains(string(p), word) {
			return nil, fmt.Errorf("nothing is known for %s: give the entry usb: or hub: in devices.yaml", word)
		}
		pairs = append(pairs, word, values[word])
	}
	words := strings.Fields(string(p))
	if len(words) == 0 {
		return nil, errors.New("devices.yaml names no command for power")
	}
	replacer := strings.NewReplacer(pairs...)
	argv := slices.Clone(words)
	for i := range argv {
		argv[i] = replacer.Replace(argv[i])
	}
	return argv, nil
}

// Limits of a power command.
const (
	mostPowerOutput = 4 << 10
	powerGrace      = time.Second // for what it left behind to let go of its output
)

// cycle runs the command for one handset, until the context ends.
func (p Power) cycle(ctx context.Context, e Entry, path string) error {
	argv, err := p.argv(e, path)
	if err != nil {
		return err
	}
	said := firstBytes{most: mostPowerOutput}
	c := exec.CommandContext(ctx, argv[0], argv[1:]...)
	c.Stdout, c.Stderr = &said, &said
	c.WaitDelay = powerGrace
	err = c.Run()
	if ctx.Err() != nil {
		err = fmt.Errorf("not finished in time: %w", ctx.Err())
	}
	if err != nil && !errors.Is(err, exec.ErrWaitDelay) {
		return fmt.Errorf("%s: %w: %s", strings.Join(argv, " "), err, brief(strings.Join(strings.Fields(said.String()), " ")))
	}
	return nil
}

// firstBytes keeps the first bytes written to it, and takes the rest.
type firstBytes struct {
	most int
	bytes.Buffer
}

func (f *firstBytes) Write(p []byte) (int, error) {
	f.Buffer.Write(p[:min(len(p), max(0, f.most-f.Len()))])
	return len(p), nil
}
