package sh

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// mksh counts in 32 bits, takes 010 for ten, and ends at a number that is none or at
// a division by zero. The interpreter counts in 64 bits and in bash's way: so each
// operation's result is cut to 32 bits by shifting it up and down again, and what a
// variable holds goes through the command "number", a divisor through "divisor".

// rewriteArithmetic rewrites the expressions that a node holds.
func rewriteArithmetic(n syntax.Node) {
	switch n := n.(type) {
	case *syntax.ArithmExp:
		n.X = arithmetic(n.X)
	case *syntax.ArithmCmd:
		n.X = arithmetic(n.X)
	case *syntax.LetClause:
		for i := range n.Exprs {
			n.Exprs[i] = arithmetic(n.Exprs[i])
		}
	case *syntax.CStyleLoop:
		n.Init, n.Cond, n.Post = arithmetic(n.Init), arithmetic(n.Cond), arithmetic(n.Post)
	case *syntax.ParamExp:
		n.Index = subscript(n.Index)
		if n.Slice != nil {
			n.Slice.Offset, n.Slice.Length = arithmetic(n.Slice.Offset), arithmetic(n.Slice.Length)
		}
	case *syntax.Assign:
		n.Index = subscript(n.Index)
	case *syntax.ArrayElem:
		n.Index = subscript(n.Index)
	case *syntax.BinaryTest:
		switch n.Op {
		case syntax.TsEql, syntax.TsNeq, syntax.TsLeq, syntax.TsGeq, syntax.TsLss, syntax.TsGtr:
			n.X, n.Y = tested(n.X), tested(n.Y)
		}
	}
}

// subscript is an array's index; @ and * are none.
func subscript(x syntax.ArithmExpr) syntax.ArithmExpr {
	if w, ok := x.(*syntax.Word); ok && (w.Lit() == "@" || w.Lit() == "*") {
		return x
	}
	return arithmetic(x)
}

// tested is an operand of -eq and its like.
func tested(x syntax.TestExpr) syntax.TestExpr {
	if w, ok := x.(*syntax.Word); ok {
		return operand(w)
	}
	return x
}

// assigning are the operators that assign, with what they do before.
var assigning = map[syntax.BinAritOperator]syntax.BinAritOperator{
	syntax.AddAssgn: syntax.Add, syntax.SubAssgn: syntax.Sub, syntax.MulAssgn: syntax.Mul, syntax.QuoAssgn: syntax.Quo,
	syntax.RemAssgn: syntax.Rem, syntax.AndAssgn: syntax.And, syntax.OrAssgn: syntax.Or, syntax.XorAssgn: syntax.Xor,
	syntax.ShlAssgn: syntax.Shl, syntax.ShrAssgn: syntax.Shr,
}

func arithmetic(x syntax.ArithmExpr) syntax.ArithmExpr {
	switch x := x.(type) {
	case *syntax.Word:
		return operand(x)
	case *syntax.ParenArithm:
		x.X = arithmetic(x.X)
	case *syntax.UnaryArithm:
		if x.Op == syntax.Inc || x.Op == syntax.Dec {
			return step(x)
		}
		x.X = arithmetic(x.X)
		if x.Op == syntax.Minus {
			return cut32(x)
		}
	case *syntax.BinaryArithm:
		return operation(x)
	}
	return x
}

func operation(x *syntax.BinaryArithm) syntax.ArithmExpr {
	if op, ok := assigning[x.Op]; ok {
		name := variable(x.X)
		x.Op, x.Y = syntax.Assgn, arithmetic(&syntax.BinaryArithm{Op: op, X: word(literal(name)), Y: paren(x.Y)})
		return x
	}
	if x.Op == syntax.Assgn {
		x.Y = paren(arithmetic(x.Y))
		return x
	}
	if x.Op == syntax.Quo || x.Op == syntax.Rem { // what is substituted is rewritten on its own
		x.Y = word(substitution(call(Own+"divisor", &syntax.ArithmExp{X: x.Y})))
	} else {
		x.Y = arithmetic(x.Y)
	}
	x.X = arithmetic(x.X)
	switch x.Op {
	case syntax.Shl:
		x.Y = low5(x.Y)
		return cut32(x)
	case syntax.Shr:
		x.Y = low5(x.Y)
	case syntax.Add, syntax.Sub, syntax.Mul, syntax.Quo:
		return cut32(x)
	}
	return x
}

// step is x++ and its like: an assignment, and for what stands before the sign, its
// value taken back.
func step(x *syntax.UnaryArithm) syntax.ArithmExpr {
	forth, back := syntax.Add, syntax.Sub
	if x.Op == syntax.Dec {
		forth, back = back, forth
	}
	one := func() syntax.ArithmExpr { return word(literal("1")) }
	name := variable(x.X)
	assigned := paren(&syntax.BinaryArithm{Op: syntax.Assgn, X: word(literal(name)),
		Y: paren(cut32(&syntax.BinaryArithm{Op: forth, X: operand(word(literal(name))), Y: one()}))})
	if !x.Post {
		return assigned
	}
	return cut32(&syntax.BinaryArithm{Op: back, X: assigned, Y: one()})
}

func paren(x syntax.ArithmExpr) *syntax.ParenArithm { return &syntax.ParenArithm{X: x} }

// cut32 takes an expression's low 32 bits, with their sign.
func cut32(x syntax.ArithmExpr) syntax.ArithmExpr {
	up := &syntax.BinaryArithm{Op: syntax.Shl, X: paren(x), Y: word(literal("32"))}
	return paren(&syntax.BinaryArithm{Op: syntax.Shr, X: paren(up), Y: word(literal("32"))})
}

// low5 is the part of a shift's width that counts.
func low5(x syntax.ArithmExpr) syntax.ArithmExpr {
	return paren(&syntax.BinaryArithm{Op: syntax.And, X: paren(x), Y: word(literal("31"))})
}

// variable is the plain name that an expression is; else "".
func variable(x syntax.ArithmExpr) string {
	if w, ok := x.(*syntax.Word); ok && syntax.ValidName(w.Lit()) {
		return w.Lit()
	}
	return ""
}

// operand is a number, which is made bash's, or what must be looked at when it is
// known.
func operand(w *syntax.Word) *syntax.Word {
	if text := w.Lit(); text != "" && !syntax.ValidName(text) {
		if n, err := constant(text); err == nil {
			return word(literal(strconv.Itoa(int(n))))
		}
		return word(substitution(call(Own+"number", &syntax.DblQuoted{Parts: w.Parts})))
	} else if text != "" {
		return word(substitution(call(Own+"number", &syntax.DblQuoted{Parts: []syntax.WordPart{&syntax.ParamExp{Param: literal(text)}}})))
	}
	quoted := &syntax.Word{}
	for _, part := range w.Parts {
		switch p := part.(type) {
		case *syntax.ParamExp:
			if p.Length || p.Param != nil && (p.Param.Value == "?" || p.Param.Value == "#") {
				quoted.Parts = append(quoted.Parts, p)
				continue
			}
			part = &syntax.DblQuoted{Parts: []syntax.WordPart{p}}
		case *syntax.CmdSubst, *syntax.ArithmExp:
			part = &syntax.DblQuoted{Parts: []syntax.WordPart{p}}
		}
		quoted.Parts = append(quoted.Parts, part)
	}
	c := call(Own + "number")
	c.Args = append(c.Args, quoted)
	return word(substitution(c))
}

// based is a number with its base before it.
var based = regexp.MustCompile(`^([0-9]+)#([0-9A-Za-z]+)$`)

// constant reads a number as mksh does, of which 32 bits stay.
func constant(text string) (int32, error) {
	digits := strings.TrimLeft(text, "+-")
	if len(text)-len(digits) > 1 {
		return 0, fmt.Errorf("%s: bad number", text)
	}
	base, all := 10, digits
	if hex, ok := strings.CutPrefix(strings.ToLower(digits), "0x"); ok {
		base, all = 16, hex
	} else if m := based.FindStringSubmatch(digits); m != nil {
		base, _ = strconv.Atoi(m[1])
		all = m[2]
	}
	if base < 2 || base > 36 || all == "" {
		return 0, fmt.Errorf("%s: bad number", text)
	}
	var n int32
	for _, c := range all {
		d, err := strconv.ParseInt(string(c), base, 32)
		if err != nil {
			return 0, fmt.Errorf("%s: bad number", text)
		}
		n = n*int32(base) + int32(d)
	}
	if strings.HasPrefix(text, "-") {
		n = -n
	}
	return n, nil
}

// deepestName is how many variables may name each other for a number.
const deepestName = 64

// valueOf is the number that a variable's text stands for: one itself, or the name of
// another variable.
func valueOf(env expand.Environ, text string) (int32, error) {
	for range deepestName {
		text = strings.TrimSpace(text)
		switch {
		case text == "":
			return 0, nil
		case !syntax.ValidName(text):
			return constant(text)
		}
		text = env.Get(text).String()
	}
	return 0, fmt.Errorf("%s: expression recurses on itself", text)
}
