package virtual

import (
	"context"
	"image"
	"image/color"
	"io"
)

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

// Framebuffer is the screen: its size, and what writes its pixels, RGBA.
func (h *PhoneHandset) Framebuffer() (width, height int, write func(ctx context.Context, w io.Writer) error) {
	defer h.rlock()()
	screen := h.pixels()
	return screen.width, screen.height, screen.writeTo
}
