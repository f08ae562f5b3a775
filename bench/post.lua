-- For wrk: posts the review of the environment variable REVIEW.
wrk.method = "POST"
wrk.path = "/mutate?timeout=10s"
wrk.headers["Content-Type"] = "application/json"
local file = assert(io.open(os.getenv("REVIEW"), "rb"))
wrk.body = file:read("*a")
file:close()
