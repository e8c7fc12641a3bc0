package scenario

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// swipe draws a finger over the screen, from one third of it to another, or
// between two points:
//
//   - swipe: up
//   - swipe: {from: [540, 1800], to: [540, 600], over: 300ms}
type swipe struct {
	way      string // empty: from and to
	from, to [2]int
	over     time.Duration
}

// ways gives where a swipe begins and ends, in quarters of the screen's width and height.
var ways = map[string][2][2]int{
	"up":    {{2, 3}, {2, 1}},
	"down":  {{2, 1}, {2, 3}},
	"left":  {{3, 2}, {1, 2}},
	"right": {{1, 2}, {3, 2}},
}

func readSwipe(r *reader, at, value ast.Node) Step {
	s := swipe{over: 300 * time.Millisecond}
	if value == nil {
		r.problem(at, "", "%q lacks a direction: up, down, left, right", "swipe")
		return nil
	}
	if _, ok := pairs(value); !ok {
		s.way = r.word(value, "direction", []string{"down", "left", "right", "up"})
		return s
	}
	r.fields(value, "swipe",
		field{"from", true, func(n ast.Node) { s.from = r.point(n) }},
		field{"to", true, func(n ast.Node) { s.to = r.point(n) }},
		field{"over", false, func(n ast.Node) { s.over = r.duration(n, "over") }})
	return s
}

// point reads [x, y].
func (r *reader) point(n ast.Node) (p [2]int) {
	list, ok := n.(*ast.SequenceNode)
	if !ok || len(list.Values) != 2 {
		r.problem(n, "", "a point is [x, y]")
		return p
	}
	for i, v := range list.Values {
		p[i] = r.number(v, "a point", 0, 20000)
	}
	return p
}

func (s swipe) String() string {
	if s.way != "" {
		return "swipe " + s.way
	}
	return fmt.Sprintf("swipe from %d,%d to %d,%d", s.from[0], s.from[1], s.to[0], s.to[1])
}

// Do swipes. A direction needs the screen's size.
func (s swipe) Do(ctx context.Context, h Handset, _ Target) (Report, error) {
	from, to := s.from, s.to
	if s.way != "" {
		out, err := command(ctx, h, "wm", "size")
		if err != nil {
			return Report{}, err
		}
		width, height, ok := screenSize(out)
		if !ok {
			return Report{}, &Unmet{Expected: "the screen's size from wm size", Seen: quoted(out)}
		}
		w := ways[s.way]
		from = [2]int{w[0][0] * width / 4, w[0][1] * height / 4}
		to = [2]int{w[1][0] * width / 4, w[1][1] * height / 4}
	}
	argv := []string{"input", "swipe"}
	for _, n := range []int{from[0], from[1], to[0], to[1], int(s.over.Milliseconds())} {
		argv = append(argv, strconv.Itoa(n))
	}
	_, err := command(ctx, h, argv...)
	return Report{}, err
}

// screenSize reads wm size: Physical size: 1080x2400, and where somebody set
// another, Override size: 720x1600, which counts.
func screenSize(out string) (width, height int, ok bool) {
	for line := range strings.Lines(out) {
		_, size, found := strings.Cut(strings.TrimSpace(line), " size: ")
		w, h, two := strings.Cut(size, "x")
		if !found || !two {
			continue
		}
		x, errX := strconv.Atoi(w)
		y, errY := strconv.Atoi(h)
		if errX == nil && errY == nil && x > 0 && y > 0 {
			width, height, ok = x, y, true
		}
	}
	return width, height, ok
}
