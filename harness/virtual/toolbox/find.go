package toolbox

import (
	"fmt"
	"io"
	"path"
	"strings"

	"assay/harness/virtual/disk"
)

// firstFindPrintf is the first SDK whose toybox has find -printf (toybox 0.8.1).
const firstFindPrintf = 30

// show prints one file that find found: its name, or as -printf asks.
func (f finding) show(w io.Writer, root, name string, info disk.Info) {
	if f.format == "" {
		fmt.Fprint(w, name, f.end)
		return
	}
	var b strings.Builder
	for i := 0; i < len(f.format); i++ {
		c := f.format[i]
		switch {
		case c == '%' && i+1 < len(f.format):
			i++
			if f.format[i] == 'T' && i+1 < len(f.format) {
				i++ // %T@: the only form of it
				fmt.Fprintf(&b, "%d.%d", info.Changed.Unix(), info.Changed.Nanosecond())
				continue
			}
			b.WriteString(findField(f.format[i], root, name, info))
		default:
			b.WriteByte(c)
		}
	}
	io.WriteString(w, b.String())
}

// findField is one field of -printf (toybox find.c).
func findField(c byte, root, name string, info disk.Info) string {
	switch c {
	case '%':
		return "%"
	case 'b':
		return fmt.Sprint(info.Blocks)
	case 'f':
		return path.Base(name)
	case 'g', 'u':
		return ownerName(info.Owner)
	case 'G', 'U':
		return fmt.Sprint(info.Owner)
	case 'h':
		return path.Dir(name)
	case 'i':
		return fmt.Sprint(info.Inode)
	case 'l':
		return info.Target
	case 'm':
		return fmt.Sprintf("%o", info.Mode&0o7777)
	case 'p':
		return name
	case 'P':
		return strings.TrimPrefix(strings.TrimPrefix(name, root), "/")
	case 's':
		return fmt.Sprint(info.Size)
	case 'Z':
		return "?"
	}
	return "%" + string(c)
}
