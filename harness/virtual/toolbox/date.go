package toolbox

import (
	"context"
	"fmt"
	"strings"
	"time"

	"assay/harness/virtual/sh"
)

// strftime renders a time as date +FORMAT does.
func strftime(format string, at time.Time) string {
	var out strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			out.WriteByte(format[i])
			continue
		}
		i++
		if format[i] == '-' && i+1 < len(format) {
			i++
			out.WriteString(strings.TrimLeft(timeField(format[i], at), "0 "))
			continue
		}
		out.WriteString(timeField(format[i], at))
	}
	return out.String()
}

var timeLayouts = map[byte]string{
	'a': "Mon", 'A': "Monday", 'b': "Jan", 'B': "January", 'c': "Mon Jan _2 15:04:05 2006", 'd': "02", 'D': "01/02/06", 'e': "_2",
	'F': "2006-01-02", 'h': "Jan", 'H': "15", 'I': "03", 'm': "01", 'M': "04", 'p': "PM", 'r': "03:04:05 PM", 'R': "15:04", 'S': "05",
	'T': "15:04:05", 'x': "01/02/06", 'X': "15:04:05", 'y': "06", 'Y': "2006", 'z': "-0700", 'Z': "MST",
}

func timeField(letter byte, at time.Time) string {
	if layout, ok := timeLayouts[letter]; ok {
		return at.Format(layout)
	}
	switch letter {
	case 's':
		return fmt.Sprint(at.Unix())
	case 'N':
		return fmt.Sprintf("%09d", at.Nanosecond())
	case 'j':
		return fmt.Sprintf("%03d", at.YearDay())
	case 'u':
		return fmt.Sprint((int(at.Weekday())+6)%7 + 1)
	case 'w':
		return fmt.Sprint(int(at.Weekday()))
	case 'n':
		return "\n"
	case 't':
		return "\t"
	case '%':
		return "%"
	}
	return "%" + string(letter)
}

func date(_ context.Context, p *sh.Process) int {
	o, err := p.Options("ud:r:D:")
	if err != nil {
		return p.Complain("%v", err)
	}
	at := p.Machine.Now()
	if o.Has('u') {
		at = at.UTC()
	}
	if name, ok := o.Set['r']; ok {
		info, err := p.Machine.Disk().Stat(p.Path(name), true)
		if err != nil {
			return p.Complain("%s: %v", name, err)
		}
		at = info.Changed.In(at.Location())
	}
	format := "%a %b %e %H:%M:%S %Z %Y"
	if len(o.Rest) > 0 {
		if !strings.HasPrefix(o.Rest[0], "+") {
			return p.Complain("cannot set date: Operation not permitted")
		}
		format = o.Rest[0][1:]
	}
	return p.Print(strftime(format, at) + "\n")
}
