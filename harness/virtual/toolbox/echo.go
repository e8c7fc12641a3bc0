package toolbox

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"assay/harness/virtual/sh"
)

// echo is mksh's: it minds backslashes unless told not to with -E.
func echo(_ context.Context, p *sh.Process) int {
	args, newline, escapes := p.Argv[1:], true, true
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' && strings.Trim(args[0][1:], "neE") == "" {
		for _, c := range args[0][1:] {
			switch c {
			case 'n':
				newline = false
			case 'e':
				escapes = true
			case 'E':
				escapes = false
			}
		}
		args = args[1:]
	}
	text := strings.Join(args, " ")
	if escapes {
		for before, after, found := cutStop(text); found; before, after, found = cutStop(text) {
			text, newline = before+after, false
		}
		text = unescape(text)
	}
	if newline {
		text += "\n"
	}
	return p.Print(text)
}

// printCommand is mksh's print. Of descriptors there are 1 and 2.
func printCommand(ctx context.Context, p *sh.Process) int {
	args := p.Argv[1:]
	flags, out := "", *p
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' {
		if args[0] == "--" {
			args = args[1:]
			break
		}
		switch word := args[0][1:]; {
		case word == "u2":
			out.Stdout = p.Stderr
		case strings.Trim(word, "nrRe") != "" && word != "u1":
			return p.Complain("%s: this shell does not have it", args[0])
		case word != "u1":
			flags += word
		}
		args = args[1:]
	}
	text := strings.Join(args, " ")
	if !strings.ContainsAny(flags, "rR") {
		text = unescape(text)
	}
	if !strings.Contains(flags, "n") {
		text += "\n"
	}
	return out.Print(text)
}

// cutStop cuts a text at \c: for echo it takes the end of the line away, for printf all
// that follows.
func cutStop(text string) (before, after string, found bool) {
	for i := 0; i+1 < len(text); i++ {
		if text[i] == '\\' {
			if text[i+1] == 'c' {
				return text[:i], text[i+2:], true
			}
			i++
		}
	}
	return text, "", false
}

var escaped = map[byte]byte{'a': 7, 'b': 8, 'e': 27, 'f': 12, 'n': 10, 'r': 13, 't': 9, 'v': 11, '\\': '\\'}

// unescape puts in what backslashes stand for: \n and its like, \0ooo, \xhh.
func unescape(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			out.WriteByte(text[i])
			continue
		}
		i++
		if c, ok := escaped[text[i]]; ok {
			out.WriteByte(c)
			continue
		}
		base, digits, most := 8, text[i:], 3
		switch {
		case text[i] == '0':
			digits = text[i+1:]
		case text[i] == 'x':
			base, digits, most = 16, text[i+1:], 2
		}
		n, length := leadingDigits(digits, base, most)
		if length == 0 && text[i] != '0' {
			out.WriteByte('\\')
			out.WriteByte(text[i])
			continue
		}
		out.WriteByte(byte(n))
		i = len(text) - len(digits) + length - 1
	}
	return out.String()
}

func leadingDigits(s string, base, most int) (value, length int) {
	for length < most && length < len(s) {
		n, err := strconv.ParseUint(s[length:length+1], base, 8)
		if err != nil {
			break
		}
		value = value*base + int(n)
		length++
	}
	return value, length
}

func seq(ctx context.Context, p *sh.Process) int {
	args, separator := p.Argv[1:], "\n"
	if len(args) > 1 && args[0] == "-s" {
		separator, args = args[1], args[2:]
	}
	if len(args) == 0 || len(args) > 3 {
		return p.Complain("needs 1 argument")
	}
	numbers := []int{1, 1, 1}
	for i, a := range args {
		n, err := strconv.Atoi(a)
		if err != nil {
			return p.Complain("bad '%s'", a)
		}
		numbers[map[int][]int{1: {2}, 2: {0, 2}, 3: {0, 1, 2}}[len(args)][i]] = n
	}
	first := true
	for n := numbers[0]; numbers[1] > 0 && n <= numbers[2] || numbers[1] < 0 && n >= numbers[2]; n += numbers[1] {
		text := strconv.Itoa(n)
		if !first {
			text = separator + text
		}
		if _, err := io.WriteString(p.Stdout, text); err != nil || ctx.Err() != nil {
			return 1
		}
		first = false
	}
	if !first {
		return p.Print("\n")
	}
	return 0
}

func yes(ctx context.Context, p *sh.Process) int {
	line := "y"
	if len(p.Argv) > 1 {
		line = strings.Join(p.Argv[1:], " ")
	}
	many := strings.Repeat(line+"\n", max(1, 4096/(len(line)+1)))
	for ctx.Err() == nil {
		if _, err := io.WriteString(p.Stdout, many); err != nil {
			return 1
		}
	}
	return 1
}

// expr does arithmetic and comparison of two operands, from left to right.
func expr(_ context.Context, p *sh.Process) int {
	args := p.Argv[1:]
	if len(args)%2 == 0 {
		p.Complain("syntax error")
		return 2
	}
	value := args[0]
	for args = args[1:]; len(args) > 0; args = args[2:] {
		next, err := combine(value, args[0], args[1])
		if err != nil {
			p.Complain("%v", err)
			return 2
		}
		value = next
	}
	fmt.Fprintln(p.Stdout, value)
	if value == "" || value == "0" {
		return 1
	}
	return 0
}

func combine(left, operator, right string) (string, error) {
	a, errA := strconv.ParseInt(left, 10, 64)
	b, errB := strconv.ParseInt(right, 10, 64)
	numbers := errA == nil && errB == nil
	truth := func(t bool) (string, error) {
		if t {
			return "1", nil
		}
		return "0", nil
	}
	switch operator {
	case "=":
		return truth(left == right)
	case "!=":
		return truth(left != right)
	}
	if !numbers {
		return "", fmt.Errorf("non-integer argument")
	}
	switch operator {
	case "+":
		return strconv.FormatInt(a+b, 10), nil
	case "-":
		return strconv.FormatInt(a-b, 10), nil
	case "*":
		return strconv.FormatInt(a*b, 10), nil
	case "/", "%":
		if b == 0 {
			return "", fmt.Errorf("division by zero")
		}
		if operator == "/" {
			return strconv.FormatInt(a/b, 10), nil
		}
		return strconv.FormatInt(a%b, 10), nil
	case "<":
		return truth(a < b)
	case ">":
		return truth(a > b)
	case "<=":
		return truth(a <= b)
	case ">=":
		return truth(a >= b)
	}
	return "", fmt.Errorf("syntax error")
}
