package virtual

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"strings"
	"time"

	"assay/harness/virtual/sh"
)

// screencap is the command screencap [-p] [FILE]: a PNG with -p or for a file of
// that name, else raw pixels (frameworks/base/cmds/screencap).
func screencap(ctx context.Context, p *process) int {
	h := p.handset
	unlock := h.rlock()
	screen := h.pixels()
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
		return boolInt(screen.capture(ctx, p.Stdout, h.persona.SDK, asPNG) != nil)
	}
	var b bytes.Buffer
	_ = screen.capture(ctx, &b, h.persona.SDK, asPNG) // a Buffer takes all
	if err := h.files.WriteFile(p.Path(file), b.Bytes()); err != nil {
		fmt.Fprintf(p.Stderr, "Error opening file: %s (%v)\n", file, err)
		return 1
	}
	return 0
}

// pixels is what the screen shows: a picture of a hundredth of its pixels.
type pixels struct {
	small         *image.Paletted
	width, height int // of the screen
}

// pixels draws the screen: a ground whose colour says which window is in front,
// and on it a bar for each view.
func (h *PhoneHandset) pixels() pixels {
	s := &h.state.screen
	img := image.NewPaletted(image.Rect(0, 0, max(s.width/10, 9), max(s.height/10, 20)), color.Palette{
		color.Black, h.colour(h.focus()), color.White})
	if s.awake {
		fill(img, img.Rect, 1)
	}
	for _, v := range h.views() {
		img.Palette = append(img.Palette, h.colour(v.resource()+v.text))
		fill(img, image.Rect(v.left/10, v.top/10, v.right/10, v.bottom/10), uint8(min(len(img.Palette)-1, 255)))
	}
	img.Palette = img.Palette[:min(len(img.Palette), 256)]
	return pixels{img, max(s.width, 90), max(s.height, 200)}
}

func (s pixels) capture(ctx context.Context, w io.Writer, sdk int, asPNG bool) error {
	if asPNG {
		return png.Encode(w, s.small)
	}
	if _, err := w.Write(s.rawHeader(sdk)); err != nil {
		return err
	}
	return s.writeTo(ctx, w)
}

// rawHeader is what screencap puts before raw pixels: width, height, format
// RGBA_8888 and, since Android 9, the colour space (cmds/screencap).
func (s pixels) rawHeader(sdk int) []byte {
	words := []uint32{uint32(s.width), uint32(s.height), 1}
	if sdk >= 28 {
		words = append(words, 0)
	}
	var head []byte
	for _, w := range words {
		head = binary.LittleEndian.AppendUint32(head, w)
	}
	return head
}

// writeTo writes the screen's pixels, RGBA, in full size, a row at a time.
func (s pixels) writeTo(ctx context.Context, w io.Writer) error {
	palette := make([][4]byte, len(s.small.Palette))
	for i, c := range s.small.Palette {
		r, g, b, a := c.RGBA()
		palette[i] = [4]byte{byte(r >> 8), byte(g >> 8), byte(b >> 8), byte(a >> 8)}
	}
	row := make([]byte, 4*s.width)
	for y := range s.height {
		if err := ctx.Err(); err != nil {
			return err
		}
		for x := range s.width {
			index := s.small.ColorIndexAt(min(x/10, s.small.Rect.Max.X-1), min(y/10, s.small.Rect.Max.Y-1))
			copy(row[4*x:], palette[index][:])
		}
		if _, err := w.Write(row); err != nil {
			return err
		}
	}
	return nil
}

func (h *PhoneHandset) colour(of string) color.RGBA {
	n := h.number("colour", of)
	return color.RGBA{byte(n), byte(n >> 8), byte(n >> 16), 255}
}

func fill(img *image.Paletted, r image.Rectangle, index uint8) {
	r = r.Intersect(img.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		line := img.Pix[img.PixOffset(r.Min.X, y):img.PixOffset(r.Max.X, y)]
		for x := range line {
			line[x] = index
		}
	}
}

// longestRecording is how long screenrecord records at most
// (frameworks/av/cmds/screenrecord).
const longestRecording = 180 * time.Second

// screenrecord is the command screenrecord [OPTIONS] FILE. A virtual screen has no
// encoder: it fails as on a handset whose encoder is taken.
func screenrecord(_ context.Context, p *process) int {
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

// Framebuffer is the screen: its size, and what writes its pixels, RGBA.
func (h *PhoneHandset) Framebuffer() (width, height int, write func(ctx context.Context, w io.Writer) error) {
	defer h.rlock()()
	screen := h.pixels()
	return screen.width, screen.height, screen.writeTo
}
