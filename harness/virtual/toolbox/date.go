package toolbox

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"assay/harness/virtual/sh"
)

// strftime renders a time as date +FORMAT does. Between % and the letter may stand how
// to fill up (- _ 0), how many digits of %N there are, and the colon of %:z.
func strftime(format string, at time.Time) string {
	var out strings.Builder
	for i := 0; i < len(format); i++ {
		m := conversion.FindStringSubmatch(format[i:])
		if m == nil {
			out.WriteByte(format[i])
			continue
		}
		i += len(m[0]) - 1
		text, ok := timeField(m[2], at)
		switch {
		case !ok:
			text = m[0]
		case m[1] == "-":
			text = strings.TrimLeft(text[:len(text)-1], "0 ") + text[len(text)-1:]
		case m[1] == "_":
			short := strings.TrimLeft(text[:len(text)-1], "0") + text[len(text)-1:]
			text = strings.Repeat(" ", len(text)-len(short)) + short
		case m[1] == "0":
			text = strings.ReplaceAll(text, " ", "0")
		}
		out.WriteString(text)
	}
	return out.String()
}

// conversion is one % of a format.
var conversion = regexp.MustCompile(`^%([-_0]?)([1-9]?N|:z|[A-Za-z%])`)

var timeLayouts = map[byte]string{
	'a': "Mon", 'A': "Monday", 'b': "Jan", 'B': "January", 'c': "Mon Jan _2 15:04:05 2006", 'd': "02", 'D': "01/02/06", 'e': "_2",
	'F': "2006-01-02", 'h': "Jan", 'H': "15", 'I': "03", 'm': "01", 'M': "04", 'p': "PM", 'r': "03:04:05 PM", 'R': "15:04", 'S': "05",
	'T': "15:04:05", 'x': "01/02/06", 'X': "15:04:05", 'y': "06", 'Y': "2006", 'z': "-0700", 'Z': "MST",
}

func timeField(letter string, at time.Time) (string, bool) {
	if layout, ok := timeLayouts[letter[0]]; ok {
		return at.Format(layout), true
	}
	year, week := at.ISOWeek()
	days := at.YearDay() + 6
	switch letter {
	case ":z":
		return at.Format("-07:00"), true
	case "C":
		return fmt.Sprintf("%02d", at.Year()/100), true
	case "G":
		return fmt.Sprint(year), true
	case "g":
		return fmt.Sprintf("%02d", year%100), true
	case "V":
		return fmt.Sprintf("%02d", week), true
	case "U":
		return fmt.Sprintf("%02d", (days-int(at.Weekday()))/7), true
	case "W":
		return fmt.Sprintf("%02d", (days-(int(at.Weekday())+6)%7)/7), true
	case "j":
		return fmt.Sprintf("%03d", at.YearDay()), true
	case "k":
		return fmt.Sprintf("%2d", at.Hour()), true
	case "l":
		return fmt.Sprintf("%2d", (at.Hour()+11)%12+1), true
	case "n":
		return "\n", true
	case "s":
		return fmt.Sprint(at.Unix()), true
	case "t":
		return "\t", true
	case "u":
		return fmt.Sprint((int(at.Weekday())+6)%7 + 1), true
	case "w":
		return fmt.Sprint(int(at.Weekday())), true
	case "%":
		return "%", true
	}
	if strings.HasSuffix(letter, "N") {
		digits := 9
		fmt.Sscan(letter, &digits)
		return fmt.Sprintf("%09d", at.Nanosecond())[:digits], true
	}
	return "", false
}

func date(_ context.Context, p *sh.Process) int {
	o, err := p.Options("ud:r:D:")
	if err != nil {
		return p.Complain("%v", err)
	}
	at := p.Machine.Now()
	zone := zoneOf(p, at)
	if o.Has('u') {
		zone = time.UTC
	}
	if at, err = dateOf(p, o, at.In(zone)); err != nil {
		return p.Complain("%v", err)
	}
	format := "%a %b %e %H:%M:%S %Z %Y"
	if len(o.Rest) > 0 {
		if !strings.HasPrefix(o.Rest[0], "+") {
			return p.Complain("cannot set date: Operation not permitted")
		}
		format = o.Rest[0][1:]
	}
	return p.Print(strftime(format, at.In(zone)) + "\n")
}

// dateOf is the time that date is asked for: now, a file's or the one of -d.
func dateOf(p *sh.Process, o sh.Options, now time.Time) (time.Time, error) {
	if name, ok := o.Set['r']; ok {
		info, err := p.Machine.Disk().Stat(p.Path(name), true)
		if err != nil {
			return now, fmt.Errorf("%s: %w", name, err)
		}
		return info.Changed, nil
	}
	if text, ok := o.Set['d']; ok {
		return readTime(text, o.Set['D'], now)
	}
	return now, nil
}

// timeForms are how a time may be written after -d.
var timeForms = []string{
	"2006-01-02 15:04:05.999999999", "2006-01-02 15:04", "2006-01-02", "2006-01-02T15:04:05.999999999", "2006-01-02T15:04",
}

// readTime reads a time in now's zone: @SECONDS, a date with or without a time of day, a
// time of today, or what a format of strftime's letters says.
func readTime(text, format string, now time.Time) (time.Time, error) {
	bad := fmt.Errorf("bad date '%s'", text)
	if seconds, ok := strings.CutPrefix(text, "@"); ok && format == "" {
		whole, fraction, _ := strings.Cut(seconds, ".")
		n, err := strconv.ParseInt(whole, 10, 64)
		if err != nil || strings.Trim(fraction, "0123456789") != "" || n > 1<<40 || n < -1<<40 {
			return now, bad
		}
		nano, _ := strconv.Atoi((fraction + "000000000")[:9])
		return time.Unix(n, int64(nano)), nil
	}
	zone, forms := now.Location(), timeForms
	if format != "" {
		layout, ok := layoutOf(format)
		if !ok {
			return now, fmt.Errorf("-D '%s': this one does not know the format", format)
		}
		forms = []string{layout}
	} else if plain, ok := strings.CutSuffix(text, "Z"); ok {
		text, zone = plain, time.UTC
	}
	for _, form := range forms {
		if at, err := time.ParseInLocation(form, text, zone); err == nil {
			return at, nil
		}
	}
	for _, form := range []string{"15:04:05", "15:04"} {
		if at, err := time.ParseInLocation(form, text, zone); err == nil && format == "" {
			return time.Date(now.Year(), now.Month(), now.Day(), at.Hour(), at.Minute(), at.Second(), 0, zone), nil
		}
	}
	return now, bad
}

// layoutOf makes a layout of Go's of a format of strftime's.
func layoutOf(format string) (string, bool) {
	var out strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			out.WriteByte(format[i])
			continue
		}
		i++
		layout, ok := timeLayouts[format[i]]
		if !ok {
			return "", false
		}
		out.WriteString(layout)
	}
	return out.String(), true
}

// posixZone is a zone as POSIX writes it: a name, and hours west of Greenwich.
var posixZone = regexp.MustCompile(`^([A-Za-z]{3,})([-+]?)([0-9]{1,2})(?::([0-9]{2}))?$`)

// zoneOf is the one that TZ names, or the handset's. A name that is none means UTC, as
// bionic has it.
func zoneOf(p *sh.Process, now time.Time) *time.Location {
	name := ""
	if p.Env != nil {
		name = p.Env("TZ")
	}
	if name == "" {
		return now.Location()
	}
	if m := posixZone.FindStringSubmatch(name); m != nil {
		hours, _ := strconv.Atoi(m[3])
		minutes, _ := strconv.Atoi(m[4])
		west := hours*3600 + minutes*60
		if m[2] == "-" {
			west = -west
		}
		return time.FixedZone(m[1], -west)
	}
	if loc, err := time.LoadLocation(name); err == nil && name != "Local" {
		return loc
	}
	return time.UTC
}
