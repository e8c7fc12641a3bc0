package virtual

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// statCommand prints what toybox's stat prints, or the fields that -c asks for.
func statCommand(_ context.Context, p *process) int {
	o, err := p.options("c:Lft")
	if err != nil {
		return p.complain("%v", err)
	}
	return p.forAll(o.rest, func(name string) error {
		f, err := p.handset.stat(p.path(name), o.has('L'))
		if err != nil {
			return err
		}
		zone := p.handset.clock.Now().Location()
		changed := f.changed.In(zone).Format("2006-01-02 15:04:05.000000000 -0700")
		if format, ok := o.set['c']; ok {
			fmt.Fprintln(p.stdout, statFields(format, name, f, changed))
			return nil
		}
		fmt.Fprintf(p.stdout, "  File: %s\n  Size: %d\t Blocks: %d\t IO Blocks: 4096\t%s\n", name, f.size, f.blocks, kindName(f.mode))
		fmt.Fprintf(p.stdout, "Device: 1ch/28d\t Inode: %d\t Links: %d\n", f.inode, links(f))
		fmt.Fprintf(p.stdout, "Access: (%04o/%s)\tUid: (%d/%s)\tGid: (%d/%s)\n", f.mode&0o7777, modeLetters(f.mode),
			f.owner, ownerName(f.owner), f.owner, ownerName(f.owner))
		fmt.Fprintf(p.stdout, "Access: %s\nModify: %s\nChange: %s\n", changed, changed, changed)
		return nil
	})
}

func statFields(format, name string, f stat, changed string) string {
	return strings.NewReplacer("%%", "%", "%n", name, "%s", fmt.Sprint(f.size), "%a", fmt.Sprintf("%o", f.mode&0o7777),
		"%A", modeLetters(f.mode), "%u", fmt.Sprint(f.owner), "%g", fmt.Sprint(f.owner), "%U", ownerName(f.owner),
		"%G", ownerName(f.owner), "%i", fmt.Sprint(f.inode), "%h", fmt.Sprint(links(f)), "%b", fmt.Sprint(f.blocks),
		"%F", kindName(f.mode), "%Y", fmt.Sprint(f.changed.Unix()), "%X", fmt.Sprint(f.changed.Unix()),
		"%Z", fmt.Sprint(f.changed.Unix()), "%y", changed, "%x", changed, "%z", changed).Replace(format)
}

func kindName(mode uint32) string {
	switch mode & modeKind {
	case modeDir:
		return "directory"
	case modeLink:
		return "symbolic link"
	case modeDevice:
		return "character device"
	}
	return "regular file"
}

func du(ctx context.Context, p *process) int {
	o, err := p.options("shkamd:")
	if err != nil {
		return p.complain("%v", err)
	}
	names := o.rest
	if len(names) == 0 {
		names = []string{"."}
	}
	return p.forAll(names, func(name string) error {
		if _, err := p.handset.stat(p.path(name), false); err != nil {
			return err
		}
		var total int64
		p.walk(name, func(_ string, info stat) bool {
			total += info.blocks * 512
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

func df(_ context.Context, p *process) int {
	o, err := p.options("hkHaiPt:")
	if err != nil {
		return p.complain("%v", err)
	}
	used := dataUsed + p.handset.files.room.used.Load()/1024
	if p.handset.files.room.size() < storage {
		used = dataSize - (p.handset.files.room.size()-p.handset.files.room.used.Load())/1024
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
		if len(o.rest) > 0 && !slices.ContainsFunc(o.rest, func(name string) bool { return mountOf(p.handset, p.path(name)) == row.mount }) {
			continue
		}
		fmt.Fprintf(p.stdout, "%-27s %10s %9s %9s %3d%% %s\n", row.source, shown(row.size), shown(row.used), shown(row.size-row.used), (row.used*100+row.size-1)/row.size, row.mount)
	}
	return 0
}

func mountOf(h *Handset, name string) string {
	real, err := h.realPath(name)
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
