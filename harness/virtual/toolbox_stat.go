package virtual

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"assay/harness/virtual/disk"
)

// statCommand prints what toybox's stat prints, or the fields that -c asks for.
func statCommand(_ context.Context, p *Process) int {
	o, err := p.options("c:Lft")
	if err != nil {
		return p.complain("%v", err)
	}
	return p.forAll(o.rest, func(name string) error {
		f, err := p.machine.Disk().Stat(p.path(name), o.has('L'))
		if err != nil {
			return err
		}
		zone := p.machine.Now().Location()
		changed := f.Changed.In(zone).Format("2006-01-02 15:04:05.000000000 -0700")
		if format, ok := o.set['c']; ok {
			fmt.Fprintln(p.stdout, statFields(format, name, f, changed))
			return nil
		}
		fmt.Fprintf(p.stdout, "  File: %s\n  Size: %d\t Blocks: %d\t IO Blocks: 4096\t%s\n", name, f.Size, f.Blocks, kindName(f.Mode))
		fmt.Fprintf(p.stdout, "Device: 1ch/28d\t Inode: %d\t Links: %d\n", f.Inode, links(f))
		fmt.Fprintf(p.stdout, "Access: (%04o/%s)\tUid: (%d/%s)\tGid: (%d/%s)\n", f.Mode&0o7777, modeLetters(f.Mode),
			f.Owner, ownerName(f.Owner), f.Owner, ownerName(f.Owner))
		fmt.Fprintf(p.stdout, "Access: %s\nModify: %s\nChange: %s\n", changed, changed, changed)
		return nil
	})
}

func statFields(format, name string, f disk.Info, changed string) string {
	return strings.NewReplacer("%%", "%", "%n", name, "%s", fmt.Sprint(f.Size), "%a", fmt.Sprintf("%o", f.Mode&0o7777),
		"%A", modeLetters(f.Mode), "%u", fmt.Sprint(f.Owner), "%g", fmt.Sprint(f.Owner), "%U", ownerName(f.Owner),
		"%G", ownerName(f.Owner), "%i", fmt.Sprint(f.Inode), "%h", fmt.Sprint(links(f)), "%b", fmt.Sprint(f.Blocks),
		"%F", kindName(f.Mode), "%Y", fmt.Sprint(f.Changed.Unix()), "%X", fmt.Sprint(f.Changed.Unix()),
		"%Z", fmt.Sprint(f.Changed.Unix()), "%y", changed, "%x", changed, "%z", changed).Replace(format)
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

func du(ctx context.Context, p *Process) int {
	o, err := p.options("shkamd:")
	if err != nil {
		return p.complain("%v", err)
	}
	names := o.rest
	if len(names) == 0 {
		names = []string{"."}
	}
	return p.forAll(names, func(name string) error {
		if _, err := p.machine.Disk().Stat(p.path(name), false); err != nil {
			return err
		}
		var total int64
		p.walk(name, func(_ string, info disk.Info) bool {
			total += info.Blocks * 512
			return ctx.Err() == nil
		})
		if o.has('h') {
			fmt.Fprintf(p.stdout, "%s\t%s\n", human(total), name)
		} else {
			fmt.Fprintf(p.stdout, "%d\t%s\n", total/1024, name)
		}
		return nil
	})
}

// The size of /data of every virtual handset and what of it is taken, in KiB.
const (
	dataSize = 54 << 20
	dataUsed = 17 << 20
)

func df(_ context.Context, p *Process) int {
	o, err := p.options("hkHaiPt:")
	if err != nil {
		return p.complain("%v", err)
	}
	taken, limit := p.machine.Disk().Usage()
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
	fmt.Fprintf(p.stdout, "%-27s %10s %9s %9s %4s Mounted on\n", "Filesystem", map[bool]string{true: "Size", false: "1K-blocks"}[o.has('h')], "Used", "Available", "Use%")
	shown := func(kib int64) string {
		if o.has('h') {
			return human(kib * 1024)
		}
		return fmt.Sprint(kib)
	}
	for _, row := range rows {
		if len(o.rest) > 0 && !slices.ContainsFunc(o.rest, func(name string) bool { return mountOf(p.machine.Disk(), p.path(name)) == row.mount }) {
			continue
		}
		fmt.Fprintf(p.stdout, "%-27s %10s %9s %9s %3d%% %s\n", row.source, shown(row.size), shown(row.used), shown(row.size-row.used), (row.used*100+row.size-1)/row.size, row.mount)
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
