export { readResourceDocuments, type ResourceDocument } from "./read-documents.js";
