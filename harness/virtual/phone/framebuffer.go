package phone

import (
	"context"
	"image"
	"image/color"
	"io"
)

// Picture is what the screen shows: a picture of a hundredth of its pixels.
type Picture struct {
	Small         *image.Paletted
	Width, Height int // of the screen
}

// Picture draws the screen: a ground whose colour says which window is in front,
// and on it a bar for each view.
func (h *Handset) Picture() Picture {
	s := &h.State.Screen
	img := image.NewPaletted(image.Rect(0, 0, max(s.Width/10, 9), max(s.Height/10, 20)), color.Palette{
		color.Black, h.colour(h.Focus()), color.White})
	if s.Awake {
		fill(img, img.Rect, 1)
	}
	for _, v := range h.Views() {
		img.Palette = append(img.Palette, h.colour(v.Resource()+v.Text))
		fill(img, image.Rect(v.Left/10, v.Top/10, v.Right/10, v.Bottom/10), uint8(min(len(img.Palette)-1, 255)))
	}
	img.Palette = img.Palette[:min(len(img.Palette), 256)]
	return Picture{img, max(s.Width, 90), max(s.Height, 200)}
}

// WriteTo writes the screen's pixels, RGBA, in full size, a row at a time.
func (s Picture) WriteTo(ctx context.Context, w io.Writer) error {
	palette := make([][4]byte, len(s.Small.Palette))
	for i, c := range s.Small.Palette {
		r, g, b, a := c.RGBA()
		palette[i] = [4]byte{byte(r >> 8), byte(g >> 8), byte(b >> 8), byte(a >> 8)}
	}
	row := make([]byte, 4*s.Width)
	for y := range s.Height {
		if err := ctx.Err(); err != nil {
			return err
		}
		for x := range s.Width {
			index := s.Small.ColorIndexAt(min(x/10, s.Small.Rect.Max.X-1), min(y/10, s.Small.Rect.Max.Y-1))
			copy(row[4*x:], palette[index][:])
		}
		if _, err := w.Write(row); err != nil {
			return err
		}
	}
	return nil
}

func (h *Handset) colour(of string) color.RGBA {
	n := h.Number("colour", of)
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
func (h *Handset) Framebuffer() (width, height int, write func(ctx context.Context, w io.Writer) error) {
	defer h.RLock()()
	screen := h.Picture()
	return screen.Width, screen.Height, screen.WriteTo
}
