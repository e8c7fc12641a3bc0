package command

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image/png"
	"io"
	"strings"
	"time"

	"assay/harness/virtual/phone"
	"assay/harness/virtual/sh"
)

// screencap is the command screencap [-p] [FILE]: a PNG with -p or for a file of
// that name, else raw pixels (frameworks/base/cmds/screencap).
func screencap(ctx context.Context, p *phone.Call) int {
	h := p.Handset
	unlock := h.RLock()
	screen := h.Picture()
	unlock()
	file, asPNG := "", false
	for i := 1; i < len(p.Argv); i++ {
		switch a := p.Argv[i]; {
		case a == "-d":
			i++
		case a == "-p":
			asPNG = true
		case !strings.HasPrefix(a, "-"):
			file, asPNG = a, asPNG || strings.HasSuffix(a, ".png")
		}
	}
	if file == "" {
		return phone.Bit(capture(ctx, screen, p.Stdout, h.SDK(), asPNG) != nil)
	}
	var b bytes.Buffer
	_ = capture(ctx, screen, &b, h.SDK(), asPNG) // a Buffer takes all
	if err := h.Disk().WriteFile(p.Path(file), b.Bytes()); err != nil {
		fmt.Fprintf(p.Stderr, "Error opening file: %s (%v)\n", file, err)
		return 1
	}
	return 0
}

func capture(ctx context.Context, s phone.Picture, w io.Writer, sdk int, asPNG bool) error {
	if asPNG {
		return png.Encode(w, s.Small)
	}
	if _, err := w.Write(rawHeader(s, sdk)); err != nil {
		return err
	}
	return s.WriteTo(ctx, w)
}

// rawHeader is what screencap puts before raw pixels: width, height, format
// RGBA_8888 and, since Android 9, the colour space (cmds/screencap).
func rawHeader(s phone.Picture, sdk int) []byte {
	words := []uint32{uint32(s.Width), uint32(s.Height), 1}
	if sdk >= 28 {
		words = append(words, 0)
	}
	var head []byte
	for _, w := range words {
		head = binary.LittleEndian.AppendUint32(head, w)
	}
	return head
}

// longestRecording is how long screenrecord records at most
// (frameworks/av/cmds/screenrecord).
const longestRecording = 180 * time.Second

// screenrecord is the command screenrecord [OPTIONS] FILE. A virtual screen has no
// encoder: it fails as on a handset whose encoder is taken.
func screenrecord(_ context.Context, p *phone.Call) int {
	file := ""
	for i := 1; i < len(p.Argv); i++ {
		switch a := p.Argv[i]; {
		case a == "--size" || a == "--bit-rate" || a == "--display-id" || a == "--codec-name" || a == "--output-format":
			i++
		case a == "--time-limit":
			i++
			if limit, err := sh.ParseDuration(argument(p.Argv, i)); err != nil || limit <= 0 || limit > longestRecording {
				fmt.Fprintf(p.Stderr, "Time limit %ss outside acceptable range [1,%d]\n", argument(p.Argv, i), int(longestRecording.Seconds()))
				return 2
			}
		case strings.HasPrefix(a, "-") && a != "-":
		default:
			file = a
		}
	}
	if file == "" {
		fmt.Fprintln(p.Stderr, "Must specify output file (see --help).")
		return 2
	}
	fmt.Fprintln(p.Stderr, "ERROR: unable to create video/avc codec instance")
	return 1
}

// argument is the argument at i, or "".
func argument(argv []string, i int) string {
	if i >= len(argv) {
		return ""
	}
	return argv[i]
}
