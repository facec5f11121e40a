# gnuplot curves.gp, in this folder: draws curves.svg from the metrics of the runs.
set datafile separator ","
set terminal svg size 960,400 font "sans-serif,12" background "white"
set output "curves.svg"
set multiplot layout 1,2
set xlabel "epoch"
set xrange [0.5:10.5]
set xtics 1
set grid ytics lc rgb "#dddddd"
set border 3
set tics nomirror
set key bottom right samplen 2
set format y "%.0f %%"
runs = "sat trades mart"
names = "SAT TRADES MART"
array colour[3] = ["#1b6ca8", "#c1440e", "#3a7d44"]
set title "right on validation images"
set yrange [20:50]
plot for [i=1:3] word(runs,i).".csv" using "epoch":(100*column("clean")) with lines lw 2 lc rgb colour[i] title word(names,i), \
     for [i=1:3] word(runs,i).".csv" using "epoch":(100*column("average_clean")) with lines lw 2 dt 2 lc rgb colour[i] title word(names,i)." average"
set title "right under PGD-10"
set yrange [10:32]
plot for [i=1:3] word(runs,i).".csv" using "epoch":(100*column("robust")) with lines lw 2 lc rgb colour[i] title word(names,i), \
     for [i=1:3] word(runs,i).".csv" using "epoch":(100*column("average_robust")) with lines lw 2 dt 2 lc rgb colour[i] title word(names,i)." average"
unset multiplot
