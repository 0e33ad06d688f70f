import { serveBooks } from "./serve-books.ts";

serveBooks();
