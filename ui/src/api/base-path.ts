/** The path of PUBLIC_URL, such as `/ringback`: what every path of the server begins with here. The server writes it into the page. */
export const basePath = document.querySelector<HTMLMetaElement>('meta[name="base-path"]')?.content ?? '';
