package toolbox

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"assay/harness/virtual/disk"
	"assay/harness/virtual/sh"
)

// statCommand prints what toybox's stat prints, or the fields that -c asks for.
func statCommand(_ context.Context, p *sh.Process) int {
	o, err := p.Options("c:Lft")
	if err != nil {
		return p.Complain("%v", err)
	}
	return forAll(p, o.Rest, func(name string) error {
		f, err := p.Machine.Disk().Stat(p.Path(name), o.Has('L'))
		if err != nil {
			return err
		}
		zone := p.Machine.Now().Location()
		changed := f.Changed.In(zone).Format("2006-01-02 15:04:05.000000000 -0700")
		if format, ok := o.Set['c']; ok {
			text, err := statFields(format, name, f, changed)
			if err == nil {
				p.Print(text + "\n")
			}
			return err
		}
		fmt.Fprintf(p.Stdout, "  File: %s\n  Size: %d\t Blocks: %d\t IO Blocks: 4096\t%s\n", name, f.Size, f.Blocks, kindName(f.Mode))
		fmt.Fprintf(p.Stdout, "Device: 1ch/28d\t Inode: %d\t Links: %d\n", f.Inode, f.Links())
		fmt.Fprintf(p.Stdout, "Access: (%04o/%s)\tUid: (%d/%s)\tGid: (%d/%s)\n", f.Mode&0o7777, disk.ModeLetters(f.Mode),
			f.Owner, ownerName(f.Owner), f.Owner, ownerName(f.Owner))
		fmt.Fprintf(p.Stdout, "Access: %s\nModify: %s\nChange: %s\n", changed, changed, changed)
		return nil
	})
}

// statFields fills a format of -c. A letter that it does not know is an error.
func statFields(format, name string, f disk.Info, changed string) (string, error) {
	kind := kindName(f.Mode)
	if kind == "regular file" && f.Size == 0 {
		kind = "regular empty file"
	}
	quoted := "'" + name + "'"
	if f.Target != "" {
		quoted = name + " -> '" + f.Target + "'"
	}
	fields := map[byte]string{
		'%': "%", 'n': name, 'N': quoted, 's': fmt.Sprint(f.Size), 'a': fmt.Sprintf("%o", f.Mode&0o7777), 'A': disk.ModeLetters(f.Mode),
		'u': fmt.Sprint(f.Owner), 'g': fmt.Sprint(f.Owner), 'U': ownerName(f.Owner), 'G': ownerName(f.Owner), 'i': fmt.Sprint(f.Inode),
		'h': fmt.Sprint(f.Links()), 'b': fmt.Sprint(f.Blocks), 'B': "512", 'F': kind, 'f': fmt.Sprintf("%x", f.Mode),
		'X': fmt.Sprint(f.Changed.Unix()), 'Y': fmt.Sprint(f.Changed.Unix()), 'Z': fmt.Sprint(f.Changed.Unix()),
		'x': changed, 'y': changed, 'z': changed,
	}
	var out strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			out.WriteByte(format[i])
			continue
		}
		i++
		text, ok := fields[format[i]]
		if !ok {
			return "", sh.ToyboxSays(fmt.Sprintf("%%%c: this one does not know it", format[i]))
		}
		out.WriteString(text)
	}
	return out.String(), nil
}

func kindName(mode uint32) string {
	switch mode & disk.ModeKind {
	case disk.ModeDir:
		return "directory"
	case disk.ModeLink:
		return "symbolic link"
	case disk.ModeDevice:
		return "character device"
	}
	return "regular file"
}

func du(ctx context.Context, p *sh.Process) int {
	o, err := p.Options("shka")
	if err != nil {
		return p.Complain("%v", err)
	}
	names := o.Rest
	if len(names) == 0 {
		names = []string{"."}
	}
	return forAll(p, names, func(name string) error {
		if _, err := p.Machine.Disk().Stat(p.Path(name), false); err != nil {
			return err
		}
		used(ctx, p, o, name, name)
		return nil
	})
}

// used prints what a file takes: each directory below it, all files with -a, or with -s
// itself alone.
func used(ctx context.Context, p *sh.Process, o sh.Options, root, name string) int64 {
	info, err := p.Machine.Disk().Stat(p.Path(name), false)
	if err != nil || ctx.Err() != nil {
		return 0
	}
	total := info.Blocks * 512
	if info.IsDir() {
		children, err := p.Machine.Disk().List(p.Path(name))
		if err != nil {
			p.Complain("%s: %v", name, err)
		}
		for _, child := range children {
			total += used(ctx, p, o, root, strings.TrimRight(name, "/")+"/"+child)
		}
	}
	if name == root || !o.Has('s') && (info.IsDir() || o.Has('a')) {
		size := fmt.Sprint(total / 1024)
		if o.Has('h') {
			size = human(total)
		}
		fmt.Fprintf(p.Stdout, "%s\t%s\n", size, name)
	}
	return total
}

// The size of /data of every virtual handset and what of it is taken, in KiB.
const (
	dataSize = 54 << 20
	dataUsed = 17 << 20
)

func df(_ context.Context, p *sh.Process) int {
	o, err := p.Options("hkP")
	if err != nil {
		return p.Complain("%v", err)
	}
	taken, limit := p.Machine.Disk().Usage()
	used := dataUsed + taken/1024
	if limit < disk.Capacity {
		used = dataSize - (limit-taken)/1024
	}
	rows := []struct {
		source, mount string
		size, used    int64
	}{
		{"/dev/root", "/", 3 << 20, 3<<20 - 9172},
		{"tmpfs", "/dev", 1900032, 1388},
		{"/dev/block/dm-4", "/vendor", 1 << 20, 1<<20 - 3276},
		{"/dev/block/by-name/userdata", "/data", dataSize, used},
		{"/data/media", "/storage/emulated", dataSize, used},
	}
	unit := map[bool]string{true: "Size", false: "1K-blocks"}[o.Has('h')]
	fmt.Fprintf(p.Stdout, "%-27s %10s %9s %9s %4s Mounted on\n", "Filesystem", unit, "Used", "Available", "Use%")
	shown := func(kib int64) string {
		if o.Has('h') {
			return human(kib * 1024)
		}
		return fmt.Sprint(kib)
	}
	for _, row := range rows {
		asked := func(name string) bool { return mountOf(p.Machine.Disk(), p.Path(name)) == row.mount }
		if len(o.Rest) > 0 && !slices.ContainsFunc(o.Rest, asked) {
			continue
		}
		fmt.Fprintf(p.Stdout, "%-27s %10s %9s %9s %3d%% %s\n", row.source, shown(row.size), shown(row.used),
			shown(row.size-row.used), (row.used*100+row.size-1)/row.size, row.mount)
	}
	return 0
}

func mountOf(files *disk.Tree, name string) string {
	real, err := files.RealPath(name)
	if err != nil {
		real = name
	}
	best := "/"
	for _, mount := range []string{"/data", "/dev", "/storage/emulated", "/vendor"} { // as df shows them
		if real == mount || strings.HasPrefix(real, mount+"/") {
			best = mount
		}
	}
	return best
}
