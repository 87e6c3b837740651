import { mountPanel } from "../shared/mount.tsx";
import { ComparePanel } from "./panel.tsx";
import "./style.css";

mountPanel("compare", ComparePanel);
