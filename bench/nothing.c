/* The app whose start is measured: it ends at once. */
int main(void) { return 0; }
