package farm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"assay/harness/adb"
	"assay/harness/android"
)

// Vitals is what a health check found. A nil reading is not known; Unknown says
// why.
type Vitals struct {
	At            time.Time `json:"at"`
	BootID        string    `json:"boot_id,omitempty"` // of the kernel: another one after each boot
	BootCompleted bool      `json:"boot_completed"`
	Fingerprint   string    `json:"fingerprint,omitempty"` // of the system image
	Battery       *int      `json:"battery,omitempty"`     // percent
	Temperature   *float64  `json:"temperature,omitempty"` // of the battery, °C
	Charging      *bool     `json:"charging,omitempty"`    // or full
	Free          *int64    `json:"free,omitempty"`        // bytes of /data
	Keyguard      *bool     `json:"keyguard,omitempty"`    // the lock screen shows
	Unknown       []string  `json:"unknown,omitempty"`     // what could not be read, and why
}

// bootIDFile is the kernel's name for this boot (drivers/char/random.c).
const bootIDFile = "/proc/sys/kernel/random/boot_id"

// What a health check asks, in this order. Each prints well under mostVital.
var vitalSigns = []struct {
	name string
	argv []string
	read func(*Vitals, string) error
}{
	{"boot_id", []string{"cat", bootIDFile}, func(v *Vitals, out string) error { v.BootID = strings.TrimSpace(out); return nil }},
	{
		"boot_completed",
		[]string{"getprop", android.PropBootCompleted},
		func(v *Vitals, out string) error { v.BootCompleted = strings.TrimSpace(out) == "1"; return nil },
	},
	{
		"fingerprint",
		[]string{"getprop", android.PropFingerprint},
		func(v *Vitals, out string) error { v.Fingerprint = strings.TrimSpace(out); return nil },
	},
	{"battery", []string{"dumpsys", "battery"}, readBattery},
	{"storage", []string{"df", "/data"}, readFree},
	{"keyguard", []string{"dumpsys", "window", "policy"}, readKeyguard},
}

// Limits of one question of a health check.
const (
	mostVital   = 256 << 10
	vitalAnswer = 10 * time.Second
)

// Check asks a handset how it is. A question that the handset answers with an
// error, or with what cannot be read, leaves its reading unknown; the error is
// the transport's.
func Check(ctx context.Context, d *adb.Device) (Vitals, error) { return check(ctx, d, vitalAnswer) }

// check does so, and gives each question as long as answer.
func check(ctx context.Context, d *adb.Device, answer time.Duration) (Vitals, error) {
	v := Vitals{At: time.Now().UTC()}
	for _, sign := range vitalSigns {
		out, err := short(ctx, d, answer, sign.argv...)
		var exit *adb.ExitError
		if err != nil && !errors.As(err, &exit) {
			return v, fmt.Errorf("health check: %w", err)
		}
		if err == nil {
			err = sign.read(&v, out)
		}
		if err != nil {
			v.Unknown = append(v.Unknown, sign.name+": "+strings.ReplaceAll(err.Error(), "\n", "; "))
		}
	}
	return v, nil
}

// short runs a command that is to answer soon, and to print little.
func short(ctx context.Context, d *adb.Device, answer time.Duration, argv ...string) (string, error) {
	var out, complaint bytes.Buffer
	c := adb.Command{Argv: argv, Stdout: &out, Stderr: &complaint, Total: answer, Limit: mostVital}
	exit, err := d.Run(ctx, c)
	if err == nil && exit != 0 {
		err = &adb.ExitError{Command: c.String(), Exit: exit, Stderr: complaint.String()}
	}
	return out.String(), err
}

// fields reads lines of "  key: value" into a map; of a key that comes twice the
// first counts.
func fields(out string) map[string]string {
	found := map[string]string{}
	for line := range strings.Lines(out) {
		key, value, ok := android.CutField([]byte(line))
		if _, twice := found[string(key)]; ok && !twice {
			found[string(key)] = string(value)
		}
	}
	return found
}

// Battery states (BatteryManager.BATTERY_STATUS_*).
const (
	batteryCharging = 2
	batteryFull     = 5
)

// readBattery reads dumpsys battery (BatteryService.dumpInternal, Android 5 to
// 16): level of scale, temperature in tenths of a degree, status. A handset
// without a battery (present: false) has no level to speak of.
func readBattery(v *Vitals, out string) error {
	f := fields(out)
	if f["present"] == "false" {
		return errors.New("the handset has no battery")
	}
	number := func(key string) (int, error) {
		text, ok := f[key]
		if !ok {
			return 0, fmt.Errorf("dumpsys battery prints no %s", key)
		}
		n, err := strconv.Atoi(text)
		if err != nil {
			return 0, fmt.Errorf("%s %q is not a number", key, brief(text))
		}
		return n, nil
	}
	level, errLevel := number("level")
	scale, errScale := number("scale")
	if errLevel == nil && errScale == nil {
		if scale <= 0 || level < 0 || level > scale {
			errLevel = fmt.Errorf("level %d of %d", level, scale)
		} else {
			percent := int(int64(level) * 100 / int64(scale))
			v.Battery = &percent
		}
	}
	tenths, errHeat := number("temperature")
	if errHeat == nil {
		degrees := float64(tenths) / 10
		v.Temperature = &degrees
	}
	status, errStatus := number("status")
	if errStatus == nil {
		charging := status == batteryCharging || status == batteryFull
		v.Charging = &charging
	}
	return errors.Join(errLevel, errScale, errHeat, errStatus)
}

// readFree reads the free bytes from df: toybox's (Android 7 on) in KiB under
// Available, toolbox's (Android 5 and 6) like 8.9G under Free.
func readFree(v *Vitals, out string) error {
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) < 2 {
		return errors.New("df prints no row for /data")
	}
	row := strings.Fields(lines[1])
	for i, column := range strings.Fields(lines[0]) {
		if column != "Available" && column != "Free" || i >= len(row) {
			continue
		}
		free, err := size(row[i], column == "Available")
		if err != nil {
			return err
		}
		v.Free = &free
		return nil
	}
	return fmt.Errorf("df prints neither Available nor Free: %q", brief(lines[0]))
}

// size reads a size of df: a number with a unit, or without one, which then is
// KiB or bytes.
func size(text string, kib bool) (int64, error) {
	number, unit := strings.TrimRight(text, "BKMGT"), 1.0
	switch rest := text[len(number):]; {
	case rest == "" && kib, rest == "K":
		unit = 1 << 10
	case rest == "M":
		unit = 1 << 20
	case rest == "G":
		unit = 1 << 30
	case rest == "T":
		unit = 1 << 40
	case rest != "" && rest != "B":
		return 0, fmt.Errorf("size %q has an unknown unit", brief(text))
	}
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || n < 0 || math.IsNaN(n) || n*unit >= math.MaxInt64 {
		return 0, fmt.Errorf("size %q is not a number", brief(text))
	}
	return int64(n * unit), nil
}

// What dumpsys window policy calls the lock screen, by release:
// PhoneWindowManager.dump (mShowingLockscreen, Android 5 to 7),
// DisplayPolicy.dump (isKeyguardShowing, from 10), KeyguardStateMonitor.dump
// (mIsShowing, from 8), KeyguardServiceDelegate.dump (showing, all).
var keyguardWords = []string{"isKeyguardShowing", "mIsShowing", "mShowingLockscreen", "showing"}

func readKeyguard(v *Vitals, out string) error {
	said := map[string]bool{}
	for word := range strings.FieldsSeq(out) {
		if name, value, ok := strings.Cut(word, "="); ok && (value == "true" || value == "false") {
			said[name] = said[name] || value == "true"
		}
	}
	for _, word := range keyguardWords {
		if showing, ok := said[word]; ok {
			v.Keyguard = &showing
			return nil
		}
	}
	return errors.New("dumpsys window policy says nothing of the lock screen")
}

// brief keeps what a handset printed short enough for one line.
func brief(text string) string {
	const most = 60
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}
