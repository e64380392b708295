package jsonappend

import "time"

// Time appends an instant as RFC 3339 with the fraction it has; it fails outside the years 0 to 9999.
func Time(b []byte, t time.Time) ([]byte, error) {
	year, month, day := t.Date()
	if t.Location() != time.UTC || year < 0 || year > 9999 {
		b, err := t.AppendText(append(b, '"'))
		return append(b, '"'), err
	}
	hour, minute, second := t.Clock()
	b = append(b, "\"yyyy-mm-ddThh:mm:ss"...)
	at := b[len(b)-len("yyyy-mm-ddThh:mm:ss"):]
	two(at[0:], year/100)
	two(at[2:], year%100)
	two(at[5:], int(month))
	two(at[8:], day)
	two(at[11:], hour)
	two(at[14:], minute)
	two(at[17:], second)
	if nano := t.Nanosecond(); nano != 0 {
		b = fraction(b, nano)
	}
	return append(b, 'Z', '"'), nil
}

// two writes a number below 100 in two digits.
func two(b []byte, n int) { b[0], b[1] = '0'+byte(n/10), '0'+byte(n%10) }

// fraction appends nanoseconds as the fraction of a second, without the noughts at its end.
func fraction(b []byte, nano int) []byte {
	b = append(b, ".000000000"...)
	for i := len(b) - 1; nano > 0; i-- {
		b[i] = '0' + byte(nano%10)
		nano /= 10
	}
	for b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	return b
}
