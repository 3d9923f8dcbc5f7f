-- Every change of a row's state is written into each index that holds it: the one on (state, look_at) serves alone.
DROP INDEX answer_unfinished;
