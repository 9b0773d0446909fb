module example.com/faults

go 1.26.6

require example.com/old v0.0.0

replace example.com/old => ./old
