package config

import (
	"fmt"
	"strconv"
	"strings"
)

// Share is a part of a whole kept as a fraction, so that two of three votes are exactly two thirds: "2/3", "66%",
// "0.5".
type Share struct{ Num, Den int64 }

const maxShareDen = 1_000_000

// Float is the share as a number from 0 to 1.
func (s Share) Float() float64 {
	if s.Den == 0 {
		return 0
	}
	return float64(s.Num) / float64(s.Den)
}

// String writes the share as a fraction in lowest terms.
func (s Share) String() string { return fmt.Sprintf("%d/%d", s.Num, s.Den) }

// MarshalText writes the share as it could be configured.
func (s Share) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a fraction, a percentage or a decimal number, from above 0 to 1.
func (s *Share) UnmarshalText(text []byte) error {
	t := strings.TrimSpace(string(text))
	num, den, ok := fraction(t)
	if !ok || num <= 0 || num > den {
		return fmt.Errorf("%q is not a share: write a fraction, a percentage or a number above 0 and at most 1, like 2/3, 60%% or 0.5", clip(t))
	}
	g := gcd(num, den)
	*s = Share{Num: num / g, Den: den / g}
	return nil
}

func fraction(t string) (num, den int64, ok bool) {
	if a, b, is := strings.Cut(t, "/"); is {
		num, err1 := strconv.ParseInt(strings.TrimSpace(a), 10, 64)
		den, err2 := strconv.ParseInt(strings.TrimSpace(b), 10, 64)
		return num, den, err1 == nil && err2 == nil && den > 0 && den <= maxShareDen
	}
	den = 1
	if p, is := strings.CutSuffix(t, "%"); is {
		t, den = strings.TrimSpace(p), 100
	}
	whole, decimals, _ := strings.Cut(t, ".")
	if len(decimals) > 4 || len(whole) > 3 {
		return 0, 0, false
	}
	for range decimals {
		den *= 10
	}
	n, err := strconv.ParseUint(whole+decimals, 10, 32)
	return int64(n), den, err == nil
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
